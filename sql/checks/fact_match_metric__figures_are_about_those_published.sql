/*
Precision and recall have not fallen, and over-merges not risen, by more than 5 in 1,000 since the snapshot
that readers had.

Look at intermediate.int_match_judged for the pairs, and at what changed: the input, the matcher, or the
decisions.

severity: warn
*/
select
    fact_match_metric.metric,
    fact_match_metric.scope,
    published.value as published_value,
    fact_match_metric.value,
    published.rule_version as published_rule_version,
    fact_match_metric.rule_version
from main.fact_match_metric
inner join intermediate.int_published_metric as published
    on
        fact_match_metric.metric = published.metric
        and fact_match_metric.scope = published.scope
where
    fact_match_metric.scope = 'all'
    and fact_match_metric.denominator >= 100
    and case
        when fact_match_metric.metric in ('precision_against_cross_ids', 'recall_against_cross_ids')
            then published.value - fact_match_metric.value > 0.005
        when fact_match_metric.metric = 'over_merge_rate'
            then fact_match_metric.value - published.value > 0.005
        else false
    end
order by fact_match_metric.metric
