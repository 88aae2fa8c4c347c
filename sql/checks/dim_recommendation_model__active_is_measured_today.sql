/*
The active version is one of those measured on today's data.

Its model could not be taught today, or the evaluations are older than the registry: build the tables
ml.evaluation_<model> and fact_model_metric again; `skipped_because` says why a model could not be taught.

severity: warn
*/
select
    dim_recommendation_model.model_version_id,
    dim_recommendation_model.model_type,
    dim_recommendation_model.skipped_because
from main.dim_recommendation_model
where
    dim_recommendation_model.is_active
    and dim_recommendation_model.model_version_id not in (
        select fact_model_metric.model_version_id
        from main.fact_model_metric
    )
    -- without a rating to hide nothing can be measured at all
    and exists (select fact_model_metric.value from main.fact_model_metric)
