/*
The days on which something about an anime was new, each with the records as they were known that day: a
record said something else than before (counts of users, scores and update times aside), a record came in, or
what one record says went out of date beside another (int_anime_fields_ranked: 7 days). What a service repeats
of another source counts until that source has spoken itself.
*/
with words as (
    select
        captures.anime_key,
        captures.source,
        captures.source_id,
        captures.day,
        captures.capture_id,
        least(known.record_updated_at, known.captured_at) as stated_at,
        hash(struct_update(
            known, source_id := null, slug := null, synopsis := null, mean_score := null, scored_by := null,
            popularity := null, favourites := null, genres := null, tags := null, studios := null,
            relations := null, site_url := null, record_updated_at := null, captured_at := null,
            payload_path := null, payload_line := null, payload_item := null
        )) as content
    from past.main.capture_words as known
    inner join past.main.capture as captures on known.source_id = captures.capture_id
    qualify coalesce(
        captures.service = captures.source or captures.day < min(captures.day) filter (
            where captures.service = captures.source
        ) over (partition by captures.source, captures.source_id), true
    )
),

days as (
    select distinct
        anime_key,
        day
    from words
),

records as (
    select distinct
        anime_key,
        source,
        source_id
    from words
),

asked as (
    select *
    from days
    inner join records using (anime_key)
),

standing as (
    select
        asked.*,
        words.capture_id,
        words.stated_at,
        words.content
    from asked
    asof inner join words
        on asked.source = words.source and asked.source_id = words.source_id and asked.day >= words.day
),

pictures as (
    select
        anime_key,
        day,
        list((source, source_id, content) order by source asc, source_id asc) as contents,
        list(stated_at order by source asc, source_id asc) as moments,
        [[one < other - interval 7 day for other in moments] for one in moments] as out_of_date
    from standing
    group by anime_key, day
),

states as (
    select
        anime_key,
        day,
        row_number() over (order by anime_key, day) as state_key
    from pictures
    qualify
        (contents, out_of_date)
        is distinct from lag((contents, out_of_date)) over (partition by anime_key order by day)
)

select
    states.state_key,
    states.anime_key,
    states.day,
    standing.source,
    standing.source_id,
    standing.capture_id
from states
inner join standing on states.anime_key = standing.anime_key and states.day = standing.day
