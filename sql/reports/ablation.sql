/*
What the two-stage model finds when a kind of information is taken from it, as osusume models ablate --keep
landed it: NDCG@10 and its difference to the complete model, over everybody and in discovery.
*/
select
    fact_model_metric.segment,
    fact_model_metric.metric,
    regexp_extract(fact_model_metric.protocol, ', without ([a-z ]+)$', 1) as left_out,
    fact_model_metric.value,
    fact_model_metric.ci_low,
    fact_model_metric.ci_high
from main.fact_model_metric
where
    not fact_model_metric.decides
    and fact_model_metric.k = 10
    and fact_model_metric.metric in ('ndcg', 'ndcg_minus_complete')
    and regexp_matches(fact_model_metric.protocol, ', without [a-z ]+$')
order by
    fact_model_metric.segment,
    fact_model_metric.metric,
    fact_model_metric.value,
    left_out
