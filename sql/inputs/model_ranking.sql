/*
The model versions measured on today's data, best NDCG@10 first; a tie goes to popularity, then to the first
name.
*/
select
    fact_model_metric.model_version_id,
    fact_model_metric.model_type,
    fact_model_metric.value
from main.fact_model_metric
where fact_model_metric.metric = 'ndcg' and fact_model_metric.k = 10
order by
    fact_model_metric.value desc,
    fact_model_metric.model_type <> 'popularity' asc,
    fact_model_metric.model_type asc
