/*
Matching that knows no cross id contradicts the cross ids at hand in at most 5 of 100 pairs.

intermediate.int_match_judged names the pairs (is_matched and not is_same). On 32,000 records of three
sources it contradicts 4 of 3,947, with every fiftieth cross id wrong 1 of 50. If the matcher was trained
lately, go back with `osusume models train-matcher --reset`; if a source has mixed up its cross ids, take
its claims out of its staging SQL; if both are as they should be, write another limit here. Counts from 100
pairs on.

severity: error
*/
select *
from main.fact_match_metric
where
    fact_match_metric.metric = 'precision_against_cross_ids'
    and fact_match_metric.scope = 'all'
    and fact_match_metric.denominator >= 100
    and fact_match_metric.value < 0.95
order by fact_match_metric.metric
