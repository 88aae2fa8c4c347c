/*
At most 5 of 100 records have another key than in the published snapshot, or an anime merged into another
since.

anime_key_history says what happened and why. If the matcher was trained lately, go back with `osusume
models train-matcher --reset`. If it is meant (a rule was corrected, a source was added), move
HOME/published away and run again: without a snapshot there is nothing to differ from. A change of up to 20
records always passes.

severity: error
*/
select *
from main.fact_match_metric
where
    fact_match_metric.metric in ('keys_changed_share', 'keys_redirected_share')
    -- a handful of records is no sign of anything, however small the catalogue is
    and fact_match_metric.numerator > 20
    and fact_match_metric.value > 0.05
order by fact_match_metric.metric
