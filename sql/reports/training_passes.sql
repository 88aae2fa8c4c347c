/*
How training went for the measured models that learn in passes: after each, the share of sampled pairs of
training entries that the model ranks rightly.
*/
with measured as (
    select
        dim_recommendation_model.model_type,
        from_json(dim_recommendation_model.training, '["DOUBLE"]') as shares
    from main.dim_recommendation_model
    semi join main.fact_model_metric
        on dim_recommendation_model.model_version_id = fact_model_metric.model_version_id
    where dim_recommendation_model.training is not null
)

select
    measured.model_type,
    unnest(range(1, len(measured.shares) + 1)) as pass,
    unnest(measured.shares) as share
from measured
order by
    measured.model_type,
    pass
