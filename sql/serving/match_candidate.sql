/*
What matching made of two records in the run that was published: one row, none when they were not compared.
The left record is the one that the row calls so.
*/
select fact_match_candidate.*
from main.fact_match_candidate
where
    (
        fact_match_candidate.left_source = $one_source
        and fact_match_candidate.left_source_id = $one_id
        and fact_match_candidate.right_source = $other_source
        and fact_match_candidate.right_source_id = $other_id
    )
    or (
        fact_match_candidate.left_source = $other_source
        and fact_match_candidate.left_source_id = $other_id
        and fact_match_candidate.right_source = $one_source
        and fact_match_candidate.right_source_id = $one_id
    )
