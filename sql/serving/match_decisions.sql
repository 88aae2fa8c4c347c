/*
What people decided about two records: every line that names both, in whatever order, the newest first.
*/
select fact_match_override.*
from main.fact_match_override
where
    (
        fact_match_override.left_source = $one_source
        and fact_match_override.left_source_id = $one_id
        and fact_match_override.right_source = $other_source
        and fact_match_override.right_source_id = $other_id
    )
    or (
        fact_match_override.left_source = $other_source
        and fact_match_override.left_source_id = $other_id
        and fact_match_override.right_source = $one_source
        and fact_match_override.right_source_id = $one_id
    )
order by fact_match_override.decided_at desc
