/*
The active model first, then the others measured on today's data, best NDCG@10 first.
*/
select
    dim_recommendation_model.model_version_id,
    dim_recommendation_model.model_type
from main.dim_recommendation_model
left join main.fact_model_metric
    on
        dim_recommendation_model.model_version_id = fact_model_metric.model_version_id
        and fact_model_metric.metric = 'ndcg'
        and fact_model_metric.k = 10
        and fact_model_metric.decides
        and fact_model_metric.segment = ''
where dim_recommendation_model.is_active or fact_model_metric.value is not null
order by
    dim_recommendation_model.is_active desc,
    fact_model_metric.value desc,
    dim_recommendation_model.model_type asc
