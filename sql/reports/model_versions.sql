/*
The active version of the models, and those that could not be taught.
*/
select
    dim_recommendation_model.model_type,
    dim_recommendation_model.model_version_id,
    dim_recommendation_model.is_active,
    dim_recommendation_model.skipped_because,
    dim_recommendation_model.trained_at
from main.dim_recommendation_model
where
    dim_recommendation_model.is_active
    or dim_recommendation_model.skipped_because is not null
order by
    dim_recommendation_model.is_active desc,
    dim_recommendation_model.model_type asc,
    dim_recommendation_model.model_version_id asc
