/*
What AniList's records say of themselves that plans go by, for `known_titles`: a row for each landed line.
Where the `content` of two is the same, so is what staging reads of them; it is not about users, scores and
update times.
*/
with records as (
    select
        captured_at,
        payload_path,
        payload_line,
        payload_item,
        try_cast(payload as json) as record
    from raw.raw_anilist__anime
    where json_type(try_cast(payload as json)) = 'OBJECT'
)

select
    'anilist' as source,
    record ->> '$.id' as source_id,
    captured_at,
    payload_path,
    payload_line,
    payload_item,
    try_cast(record ->> '$.startDate.year' as integer) as start_year,
    null::varchar as season,
    case record ->> '$.status'
        when 'RELEASING' then 'AIRING'
        when 'NOT_YET_RELEASED' then 'UPCOMING'
        when 'FINISHED' then 'FINISHED'
        when 'CANCELLED' then 'CANCELLED'
        when 'HIATUS' then 'HIATUS'
    end as status,
    try_cast(
        concat_ws('-', record ->> '$.endDate.year', record ->> '$.endDate.month', '28') as date
    ) as ended,
    hash(json_extract(record, [
        '$.idMal', '$.title', '$.synonyms', '$.format', '$.status', '$.source', '$.episodes',
        '$.duration', '$.startDate', '$.endDate', '$.season', '$.seasonYear', '$.isAdult',
        '$.description', '$.genres', '$.tags', '$.studios', '$.relations'
    ])) as content
from records
