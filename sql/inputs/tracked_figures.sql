/*
What an experiment tracker is told of each version measured today: what it was made of, whether it is active,
and its figures at the depths people look at.
*/
select
    fact_model_metric.model_version_id,
    fact_model_metric.model_type,
    dim_recommendation_model.data_version,
    dim_recommendation_model.code_version,
    dim_recommendation_model.seed,
    dim_recommendation_model.parameters,
    dim_recommendation_model.trained_at,
    dim_recommendation_model.is_active,
    fact_model_metric.protocol,
    fact_model_metric.segment,
    fact_model_metric.metric,
    fact_model_metric.k,
    fact_model_metric.value,
    fact_model_metric.ci_low,
    fact_model_metric.ci_high
from main.fact_model_metric
inner join main.dim_recommendation_model
    on fact_model_metric.model_version_id = dim_recommendation_model.model_version_id
where fact_model_metric.decides and fact_model_metric.k in (10, 20)
order by
    fact_model_metric.model_version_id,
    fact_model_metric.protocol,
    fact_model_metric.metric,
    fact_model_metric.k
