/*
At most 1 row in 5 is rejected, where 100 or more are: beyond that the source has changed or the file is of
another kind.

quality.quarantine has every rejected row with its reason, landed file and line; the sample counts the
reasons. If the source has changed its format, teach the staging table; if the file is wrong, land the right
one.

severity: error
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
    rejected.rows_rejected >= 100
    and rejected.rows_rejected > 0.2 * (kept.rows_kept + rejected.rows_rejected)
order by reasons.rows_with_this_reason desc, reasons.reason asc
