/*
The records that a source has ever given (`computed` is what `known_<source>` tells of them), with when each
was given last and whether it is due for a look; those due longest come first. What airs or is to come is
due a week after the last look, what had ended within the year before it, or does not say, after a month,
anything older after 30 days where the last look found it changed, after 60 where the one before did, else
after 90. Ids that two crawls have not found since are left out. The time can be set (`set variable
planning_time = ...`).
*/
with records as (
    select *
    from computed
    where regexp_full_match(source_id, '[1-9][0-9]{0,17}')
    qualify row_number() over (
        partition by payload_path, source_id order by payload_line desc, payload_item desc
    ) = 1
),

looks as (
    select
        *,
        row_number() over newest_first as look,
        lead(content) over newest_first as content_before
    from records
    window newest_first as (partition by source_id order by captured_at desc, payload_path desc)
),

latest as (
    select
        source,
        source_id,
        max(captured_at) as last_seen_at,
        min(look) filter (where content_before <> content) as looks_since_change,
        any_value(start_year) filter (where look = 1) as start_year,
        any_value(season) filter (where look = 1) as season,
        any_value(status) filter (where look = 1) as status,
        any_value(ended) filter (where look = 1) as ended
    from looks
    group by source, source_id
),

missed as (
    select
        source,
        unnest(gone) as source_id,
        ended_at as missed_at
    from raw.crawl
    where stream = 'anime'
),

gone as (
    select
        latest.source,
        latest.source_id
    from latest
    inner join missed
        on
            latest.source = missed.source
            and latest.source_id = missed.source_id
            and latest.last_seen_at < missed.missed_at
    group by latest.source, latest.source_id
    having count(*) >= 2
)

select
    source_id,
    start_year,
    season,
    status,
    last_seen_at,
    last_seen_at + to_days(case
        when status in ('AIRING', 'UPCOMING') then 7
        when status is null or (status = 'FINISHED' and ended > last_seen_at::date - 365) then 30
        else 30 * least(coalesce(looks_since_change, 3), 3)
    end) as due_at,
    due_at <= coalesce(getvariable('planning_time')::timestamptz, now()) as is_due
from latest
anti join gone using (source, source_id)
order by due_at asc, len(source_id) asc, source_id asc
