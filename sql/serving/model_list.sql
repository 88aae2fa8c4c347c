/*
The model versions with their headline metrics over all users and targets (no segment), the active one first,
then by NDCG@10. A version that was evaluated under several protocols stands in one row for each; those under
the protocol that decides come before the others.
*/
with headline as (
    select
        fact_model_metric.model_version_id,
        fact_model_metric.protocol,
        fact_model_metric.decides,
        max(fact_model_metric.users) as users,
        max(fact_model_metric.value) filter (
            where fact_model_metric.metric = 'ndcg' and fact_model_metric.k = 10
        ) as ndcg_at_10,
        max(fact_model_metric.ci_low) filter (
            where fact_model_metric.metric = 'ndcg' and fact_model_metric.k = 10
        ) as ndcg_at_10_low,
        max(fact_model_metric.ci_high) filter (
            where fact_model_metric.metric = 'ndcg' and fact_model_metric.k = 10
        ) as ndcg_at_10_high,
        max(fact_model_metric.value) filter (
            where fact_model_metric.metric = 'recall' and fact_model_metric.k = 20
        ) as recall_at_20,
        max(fact_model_metric.value) filter (
            where fact_model_metric.metric = 'coverage' and fact_model_metric.k = 10
        ) as coverage_at_10
    from main.fact_model_metric
    where fact_model_metric.segment = ''
    group by fact_model_metric.model_version_id, fact_model_metric.protocol, fact_model_metric.decides
)

select
    dim_recommendation_model.is_active,
    dim_recommendation_model.model_type,
    dim_recommendation_model.model_version_id,
    headline.ndcg_at_10,
    headline.ndcg_at_10_low,
    headline.ndcg_at_10_high,
    headline.recall_at_20,
    headline.coverage_at_10,
    headline.users,
    headline.protocol,
    coalesce(headline.decides, true) as decides,
    dim_recommendation_model.trained_at,
    dim_recommendation_model.skipped_because
from main.dim_recommendation_model
left join headline on dim_recommendation_model.model_version_id = headline.model_version_id
order by
    decides desc,
    dim_recommendation_model.is_active desc,
    headline.ndcg_at_10 desc nulls last,
    dim_recommendation_model.trained_at desc,
    dim_recommendation_model.model_version_id asc,
    headline.protocol asc
