/*
The models side by side under each protocol, first that by which they are promoted: how well each finds what
was hidden (NDCG, recall), how much of the catalogue it shows (coverage) and how far it goes beyond the
popular (novelty). Popularity is the yardstick.
*/
with figures as (
    select
        metrics.protocol,
        metrics.decides,
        models.model_type,
        models.is_active,
        metrics.users,
        metrics.metric || '@' || metrics.k as figure,
        metrics.value,
        metrics.ci_low,
        metrics.ci_high
    from main.fact_model_metric as metrics
    inner join main.dim_recommendation_model as models using (model_version_id)
)

select
    model_type,
    is_active,
    max(users) as users,
    round(max(value) filter (where figure = 'ndcg@10'), 4) as ndcg_at_10,
    round(max(ci_low) filter (where figure = 'ndcg@10'), 4) as ndcg_low,
    round(max(ci_high) filter (where figure = 'ndcg@10'), 4) as ndcg_high,
    round(max(value) filter (where figure = 'recall@20'), 4) as recall_at_20,
    round(max(value) filter (where figure = 'coverage@10'), 4) as coverage_at_10,
    round(max(value) filter (where figure = 'novelty@10'), 2) as novelty_at_10,
    protocol
from figures
group by protocol, decides, model_type, is_active
order by decides desc, protocol asc, ndcg_at_10 desc nulls last, model_type asc
