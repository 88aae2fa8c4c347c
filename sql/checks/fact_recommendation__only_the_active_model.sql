/*
These are recommendations of the active model and of no other.

A model was promoted after the lists were made: run `osusume run --select dim_recommendation_model+`.

severity: error
*/
select
    fact_recommendation.model_version_id,
    count(*) as rows_of_this_version
from main.fact_recommendation
left join main.dim_recommendation_model
    on fact_recommendation.model_version_id = dim_recommendation_model.model_version_id
where not coalesce(dim_recommendation_model.is_active, false)
group by fact_recommendation.model_version_id
order by fact_recommendation.model_version_id
