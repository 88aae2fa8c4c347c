/*
What Jikan's records say of themselves that plans go by, for `known_titles`: a row for each landed line.
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
    from raw.raw_jikan__anime
    where json_type(try_cast(payload as json)) = 'OBJECT'
)

select
    'jikan' as source,
    record ->> '$.mal_id' as source_id,
    captured_at,
    payload_path,
    payload_line,
    payload_item,
    try_cast(coalesce(record ->> '$.aired.prop.from.year', record ->> '$.year') as integer) as start_year,
    null::varchar as season,
    case record ->> '$.status'
        when 'Currently Airing' then 'AIRING'
        when 'Not yet aired' then 'UPCOMING'
        when 'Finished Airing' then 'FINISHED'
    end as status,
    try_cast(left(record ->> '$.aired.to', 10) as date) as ended,
    hash(json_extract(record, [
        '$.titles', '$.title', '$.title_english', '$.title_japanese', '$.title_synonyms', '$.type',
        '$.status', '$.aired', '$.season', '$.year', '$.episodes', '$.duration', '$.source',
        '$.genres', '$.explicit_genres', '$.themes', '$.demographics', '$.studios', '$.rating',
        '$.synopsis'
    ])) as content
from records
