/*
What promotions are decided by, beside each user's own figures: NDCG@10 and coverage@10 of every version that
was measured today, over everybody and in every segment.
*/
select
    fact_model_metric.model_version_id,
    fact_model_metric.segment,
    fact_model_metric.metric,
    fact_model_metric.k,
    fact_model_metric.value,
    fact_model_metric.ci_low,
    fact_model_metric.ci_high
from main.fact_model_metric
where
    fact_model_metric.decides
    and fact_model_metric.metric in ('ndcg', 'coverage')
    and fact_model_metric.k = 10
order by fact_model_metric.model_version_id, fact_model_metric.segment, fact_model_metric.metric
