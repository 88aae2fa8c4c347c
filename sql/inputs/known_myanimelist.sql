/*
The records that MyAnimeList has ever given, with when each was given last and whether it is due for a look;
those due longest come first. What airs or is to come is due a week after the last look, what had ended within
the year before it, or does not say, after a month, anything older after 30 days where the last look found it
changed, after 60 where the one before did, else after 90. Changes are those of what staging reads of a
record, not of counts of users, scores and update times. Ids that two crawls have not found since are left
out. The time can be set (`set variable planning_time = ...`).
*/
with records as (
    select
        captured_at,
        payload_path,
        coalesce(try_cast(payload as json) -> '$.node', try_cast(payload as json)) as record,
        record ->> '$.id' as source_id,
        left(coalesce(record ->> '$.start_date', record ->> '$.start_season.year'), 4) as stated_year,
        concat_ws('-', record ->> '$.start_season.year', record ->> '$.start_season.season') as stated_season,
        record ->> '$.status' as stated_status,
        rpad(record ->> '$.end_date', 10, '-12-28') as stated_end,
        hash(json_extract(record, [
            '$.title', '$.alternative_titles', '$.media_type', '$.status', '$.start_date', '$.end_date',
            '$.start_season', '$.num_episodes', '$.average_episode_duration', '$.source', '$.genres',
            '$.studios', '$.related_anime', '$.rating', '$.nsfw', '$.synopsis'
        ])) as content
    from raw.raw_myanimelist__anime
    where json_type(try_cast(payload as json)) = 'OBJECT'
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
    where regexp_full_match(source_id, '[1-9][0-9]{0,17}')
    window newest_first as (partition by source_id order by captured_at desc, payload_path desc)
),

latest as (
    select
        source_id,
        max(captured_at) as last_seen_at,
        min(look) filter (where content_before <> content) as looks_since_change,
        try_cast(any_value(stated_year) filter (where look = 1) as integer) as start_year,
        nullif(any_value(stated_season) filter (where look = 1), '') as season,
        case any_value(stated_status) filter (where look = 1)
            when 'currently_airing' then 'AIRING'
            when 'not_yet_aired' then 'UPCOMING'
            when 'finished_airing' then 'FINISHED'
        end as status,
        try_cast(any_value(stated_end) filter (where look = 1) as date) as ended
    from looks
    group by source_id
),

missed as (
    select
        unnest(gone) as source_id,
        ended_at as missed_at
    from raw.crawl
    where source = 'myanimelist' and stream = 'anime'
),

gone as (
    select latest.source_id
    from latest
    inner join missed on latest.source_id = missed.source_id and latest.last_seen_at < missed.missed_at
    group by latest.source_id
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
anti join gone using (source_id)
order by due_at asc, len(source_id) asc, source_id asc
