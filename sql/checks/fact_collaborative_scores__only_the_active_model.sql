/*
These are the lists of the active model and of no other.

A model was promoted after the lists were made: build fact_collaborative_scores and fact_recommendation
again.

severity: error
*/
select
    fact_collaborative_scores.model_version_id,
    count(*) as rows_of_this_version
from main.fact_collaborative_scores
left join main.dim_recommendation_model
    on fact_collaborative_scores.model_version_id = dim_recommendation_model.model_version_id
where not coalesce(dim_recommendation_model.is_active, false)
group by fact_collaborative_scores.model_version_id
order by fact_collaborative_scores.model_version_id
