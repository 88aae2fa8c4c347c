/*
Every model version here is known to dim_recommendation_model.

Build this table again: it stems from a model that is no longer in the registry.

severity: error
*/
with missing as (
    select *
    from query_table($checked_table)
)

select
    missing.model_version_id,
    count(*) as rows_of_this_version
from missing
anti join main.dim_recommendation_model
    on missing.model_version_id = dim_recommendation_model.model_version_id
group by missing.model_version_id
order by missing.model_version_id
