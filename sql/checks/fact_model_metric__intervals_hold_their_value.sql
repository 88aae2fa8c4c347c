/*
Where a figure has an interval, it has both ends and lies between them.

Look at the bootstrap in recommenders/metrics.py.

severity: error
*/
select
    fact_model_metric.model_version_id,
    fact_model_metric.protocol,
    fact_model_metric.metric,
    fact_model_metric.k,
    fact_model_metric.ci_low,
    fact_model_metric.value,
    fact_model_metric.ci_high
from main.fact_model_metric
where
    (fact_model_metric.ci_low is null) <> (fact_model_metric.ci_high is null)
    -- The bootstrap's percentiles of equal numbers may differ from their mean in the last bits.
    or fact_model_metric.value < fact_model_metric.ci_low - 1e-9
    or fact_model_metric.value > fact_model_metric.ci_high + 1e-9
order by all
