/*
A compared pair is of two different catalogue records.

Build fact_match_candidate again from the present records.

severity: error
*/
select
    fact_match_candidate.left_source,
    fact_match_candidate.left_source_id,
    fact_match_candidate.right_source,
    fact_match_candidate.right_source_id
from main.fact_match_candidate
left join intermediate.int_anime_unioned as left_record
    on
        fact_match_candidate.left_source = left_record.source
        and fact_match_candidate.left_source_id = left_record.source_id
left join intermediate.int_anime_unioned as right_record
    on
        fact_match_candidate.right_source = right_record.source
        and fact_match_candidate.right_source_id = right_record.source_id
where
    left_record.source_id is null
    or right_record.source_id is null
    or (
        fact_match_candidate.left_source = fact_match_candidate.right_source
        and fact_match_candidate.left_source_id = fact_match_candidate.right_source_id
    )
order by all
