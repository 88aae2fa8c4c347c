/*
At most 1 row in 20 of the newest crawl is rejected, where 20 or more are: beyond that the source answers in
another shape than it did.

The sample counts the reasons; quality.quarantine has every rejected row with its landed file, line and place
in the response. If the source has changed its format, teach the staging table: what was landed is read again.

severity: error
*/
with rejected as (
    select
        quarantine.payload_path,
        quarantine.reason,
        quarantine.payload_line,
        quarantine.payload_item
    from quality.quarantine
    where concat('staging.', quarantine.stage) = $checked_table
),

kept as (
    select
        payload_path,
        count(*) as rows_kept
    from query_table($checked_table)
    group by payload_path
),

newest as (
    select crawl.payload_path
    from raw.crawl
    where
        crawl.payload_path in (
            select rejected.payload_path
            from rejected
            union
            select kept.payload_path
            from kept
        )
    order by crawl.ended_at desc, crawl.payload_path desc
    limit 1
)

select
    rejected.reason,
    count(*) as rows_with_this_reason,
    min(concat_ws(':', rejected.payload_path, rejected.payload_line, rejected.payload_item)) as for_example
from rejected
inner join newest on rejected.payload_path = newest.payload_path
left join kept on newest.payload_path = kept.payload_path
group by rejected.reason, kept.rows_kept
qualify
    sum(count(*)) over () >= 20
    and sum(count(*)) over () > 0.05 * (coalesce(kept.rows_kept, 0) + sum(count(*)) over ())
order by rows_with_this_reason desc, rejected.reason asc
