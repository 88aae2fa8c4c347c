/*
At most 5 pairs wait for a person for every 100 records.

vw_match_review names them. On 32,000 records of three sources there are 26, less than 1 for every 1,000. If
a source has lost titles or dates, look at its staging table; if the matcher was trained lately, go back
with `osusume models train-matcher --reset`; if so many are meant, write another limit here. Counts from 100
records on.

severity: error
*/
select *
from main.fact_match_metric
where
    fact_match_metric.metric = 'review_queue_share'
    and fact_match_metric.denominator >= 100
    and fact_match_metric.value > 0.05
order by fact_match_metric.metric
