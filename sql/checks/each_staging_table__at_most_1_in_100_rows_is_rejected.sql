/*
At most 1 row in 100 is rejected: more than that deserves a look, though the others are usable.

quality.quarantine has every rejected row with its reason, landed file and line; the sample counts the
reasons.

severity: warn
*/
with reasons as (
    select
        quarantine.reason,
        count(*) as rows_with_this_reason,
        min(concat_ws(
            ':', quarantine.payload_path, quarantine.payload_line, quarantine.payload_item
        )) as for_example
    from quality.quarantine
    where concat('staging.', quarantine.stage) = $checked_table
    group by quarantine.reason
),

rejected as (
    select coalesce(sum(reasons.rows_with_this_reason), 0) as rows_rejected
    from reasons
),

kept as (
    select count(*) as rows_kept
    from query_table($checked_table)
)

select
    reasons.reason,
    reasons.rows_with_this_reason,
    reasons.for_example
from reasons
cross join rejected
cross join kept
where
    rejected.rows_rejected > 0.01 * (kept.rows_kept + rejected.rows_rejected)
order by reasons.rows_with_this_reason desc, reasons.reason asc
