/*
The best model finds more of what was hidden than popularity does: NDCG@10, with the paired interval above 0.

With few users or few ratings nothing may beat popularity. With many, look at the parameters and at the data:
lists may have lost their ratings.

severity: warn
*/
with best as (
    select
        fact_model_metric.model_version_id,
        fact_model_metric.model_type,
        fact_model_metric.value as ndcg
    from main.fact_model_metric
    where
        fact_model_metric.metric = 'ndcg'
        and fact_model_metric.k = 10
        and fact_model_metric.model_type <> 'popularity'
        and fact_model_metric.decides
        and fact_model_metric.segment = ''
    order by fact_model_metric.value desc, fact_model_metric.model_type asc
    limit 1
),

difference as (
    select
        fact_model_metric.model_version_id,
        fact_model_metric.value,
        fact_model_metric.ci_low,
        fact_model_metric.ci_high
    from main.fact_model_metric
    where
        fact_model_metric.metric = 'ndcg_minus_popularity'
        and fact_model_metric.k = 10
        and fact_model_metric.decides
        and fact_model_metric.segment = ''
)

select
    best.model_version_id,
    best.model_type,
    best.ndcg,
    difference.value as minus_popularity,
    difference.ci_low,
    difference.ci_high
from best
left join difference on best.model_version_id = difference.model_version_id
where not coalesce(difference.ci_low > 0, false)
