/*
Whether scores mean what they say: of the pairs that a cross id judges, by the score that matching gives
without knowing any cross id (ten steps), the share that the cross id calls one anime. Cross ids are wrong
now and then.
*/
select
    least(floor(fact_match_candidate.score_without_cross_id * 10), 9)::integer as step,
    count(*) as pairs,
    round(avg(fact_match_candidate.score_without_cross_id), 6) as mean_score,
    round(avg((fact_match_candidate.cross_id = 'agrees')::integer), 6) as agreeing
from main.fact_match_candidate
where
    fact_match_candidate.cross_id in ('agrees', 'contradicts')
    and fact_match_candidate.score_without_cross_id is not null
group by step
order by step
