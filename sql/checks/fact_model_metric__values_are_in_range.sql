/*
Every figure is a possible one: shares and ranks' gains from 0 to 1, novelty and calibration not negative,
differences from -1 to 1.

Compare with evaluation/score_recommendations.py's definitions in recommenders/metrics.py.

severity: error
*/
select
    fact_model_metric.model_version_id,
    fact_model_metric.protocol,
    fact_model_metric.metric,
    fact_model_metric.k,
    fact_model_metric.value
from main.fact_model_metric
where
    not isfinite(fact_model_metric.value)
    or case
        when fact_model_metric.metric like 'novelty\_minus%' escape '\' then false
        when fact_model_metric.metric like '%\_minus\_%' escape '\' then abs(fact_model_metric.value) > 1
        when fact_model_metric.metric in ('novelty', 'calibration_kl') then fact_model_metric.value < 0
        else fact_model_metric.value not between 0 and 1
    end
order by all
