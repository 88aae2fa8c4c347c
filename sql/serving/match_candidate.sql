/*
What matching made of two records in the run that was published: one row, none when they were not compared.
The left record is the one that the row calls so.
*/
select fact_match_candidate.*
from main.fact_match_candidate
where
    (
        fact_match_candidate.left_source,
        fact_match_candidate.left_source_id,
        fact_match_candidate.right_source,
        fact_match_candidate.right_source_id
    ) in (
        ($one_source, $one_id, $other_source, $other_id),
        ($other_source, $other_id, $one_source, $one_id)
    )
