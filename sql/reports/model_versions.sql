/*
The versions of the models that are measured today or active, with the seconds that teaching them took, and
those that could not be taught.
*/
select
    dim_recommendation_model.model_type,
    dim_recommendation_model.model_version_id,
    dim_recommendation_model.is_active,
    dim_recommendation_model.skipped_because,
    dim_recommendation_model.trained_at,
    dim_recommendation_model.fit_seconds
from main.dim_recommendation_model
where
    dim_recommendation_model.is_active
    or dim_recommendation_model.skipped_because is not null
    or dim_recommendation_model.model_version_id in (
        select fact_model_metric.model_version_id from main.fact_model_metric
    )
order by
    dim_recommendation_model.is_active desc,
    dim_recommendation_model.model_type asc,
    dim_recommendation_model.model_version_id asc
