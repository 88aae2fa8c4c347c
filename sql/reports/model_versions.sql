/*
The versions of the models that are measured today or active, with the seconds that teaching them took, and of
models without any such version the newest that could not be taught.
*/
with used as (
    select
        *,
        is_active or model_version_id in (
            select fact_model_metric.model_version_id from main.fact_model_metric
        ) as is_used
    from main.dim_recommendation_model
)

select
    model_type,
    model_version_id,
    is_active,
    skipped_because,
    trained_at,
    fit_seconds
from used
where is_used or skipped_because is not null
qualify
    is_used
    or not bool_or(is_used) over (partition by model_type)
    and row_number() over (partition by model_type order by trained_at desc, model_version_id asc) = 1
order by is_active desc, model_type asc, model_version_id asc
