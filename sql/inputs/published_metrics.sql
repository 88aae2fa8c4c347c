/*
The figures of identity that are shares and could be measured, asked of a published snapshot.
*/
select
    fact_match_metric.metric,
    fact_match_metric.scope,
    fact_match_metric.value,
    fact_match_metric.rule_version
from main.fact_match_metric
where fact_match_metric.denominator > 0
