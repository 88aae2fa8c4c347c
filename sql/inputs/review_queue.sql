/*
The pairs of records that wait for a person, the most popular 20.
*/
select
    fact_match_candidate.left_title,
    fact_match_candidate.left_source || ':' || fact_match_candidate.left_source_id as left_record,
    fact_match_candidate.right_title,
    fact_match_candidate.right_source || ':' || fact_match_candidate.right_source_id as right_record,
    round(fact_match_candidate.score, 2) as score,
    greatest(coalesce(left_known.popularity, 0), coalesce(right_known.popularity, 0)) as users,
    fact_match_candidate.reason
from main.fact_match_candidate
left join intermediate.int_anime_unioned as left_known
    on
        fact_match_candidate.left_source = left_known.source
        and fact_match_candidate.left_source_id = left_known.source_id
left join intermediate.int_anime_unioned as right_known
    on
        fact_match_candidate.right_source = right_known.source
        and fact_match_candidate.right_source_id = right_known.source_id
where fact_match_candidate.decision = 'review'
order by
    users desc,
    fact_match_candidate.left_source asc,
    fact_match_candidate.left_source_id asc,
    fact_match_candidate.right_source asc,
    fact_match_candidate.right_source_id asc
limit 20
