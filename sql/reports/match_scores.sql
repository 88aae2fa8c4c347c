/*
The compared pairs by score, in twenty steps, and by decision.
*/
select
    least(floor(fact_match_candidate.score * 20), 19)::integer as step,
    fact_match_candidate.decision,
    count(*) as pairs
from main.fact_match_candidate
group by
    step,
    fact_match_candidate.decision
order by
    step,
    fact_match_candidate.decision
