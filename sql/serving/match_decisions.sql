/*
What people decided about two records: every line that names both, in whatever order, the newest first. Of one
day that is the later line, and HOME's own file is read after the project's.
*/
select fact_match_override.*
from main.fact_match_override
where
    (
        fact_match_override.left_source,
        fact_match_override.left_source_id,
        fact_match_override.right_source,
        fact_match_override.right_source_id
    ) in (
        ($one_source, $one_id, $other_source, $other_id),
        ($other_source, $other_id, $one_source, $one_id)
    )
order by
    fact_match_override.decided_at desc nulls last,
    fact_match_override.file asc,
    fact_match_override.line desc
