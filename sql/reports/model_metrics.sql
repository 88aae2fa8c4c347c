/*
Every figure of every model on what ml.evaluation_holdout hides.
*/
select
    fact_model_metric.model_type,
    fact_model_metric.protocol,
    fact_model_metric.segment,
    fact_model_metric.metric,
    fact_model_metric.k,
    fact_model_metric.value,
    fact_model_metric.ci_low,
    fact_model_metric.ci_high,
    fact_model_metric.users
from main.fact_model_metric
where fact_model_metric.decides
order by
    fact_model_metric.model_type,
    fact_model_metric.protocol,
    fact_model_metric.metric,
    fact_model_metric.k
