/*
These are lists of the active model and of no other.

A model was promoted after the lists were made: run `osusume run --select dim_recommendation_model+`.

severity: error
*/
with served as (
    select *
    from query_table($checked_table)
)

select
    served.model_version_id,
    count(*) as rows_of_this_version
from served
left join main.dim_recommendation_model
    on served.model_version_id = dim_recommendation_model.model_version_id
where not coalesce(dim_recommendation_model.is_active, false)
group by served.model_version_id
order by served.model_version_id
