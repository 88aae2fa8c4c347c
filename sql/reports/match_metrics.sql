/*
The figures of identity over all sources.
*/
select
    fact_match_metric.metric,
    fact_match_metric.value,
    fact_match_metric.numerator,
    fact_match_metric.denominator
from main.fact_match_metric
where
    fact_match_metric.scope = 'all'
    and fact_match_metric.numerator is not null
order by fact_match_metric.metric
