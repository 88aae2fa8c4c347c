/*
What Kitsu's records say of themselves that plans go by, for `known_titles`: a row for each landed line.
Where the `content` of two is the same, so is what staging reads of them, with genres and all else that was
sent along; it is not about users, scores, addresses and update times.
*/
with records as (
    select
        captured_at,
        payload_path,
        payload_line,
        payload_item,
        coalesce(try_cast(payload as json) -> '$.data', try_cast(payload as json)) as record,
        try_cast(payload as json) -> '$.included' as included
    from raw.raw_kitsu__anime
    where json_type(try_cast(payload as json)) = 'OBJECT'
)

select
    'kitsu' as source,
    record ->> '$.id' as source_id,
    captured_at,
    payload_path,
    payload_line,
    payload_item,
    try_cast(left(record ->> '$.attributes.startDate', 4) as integer) as start_year,
    null::varchar as season,
    case record ->> '$.attributes.status'
        when 'current' then 'AIRING'
        when 'ongoing' then 'AIRING'
        when 'upcoming' then 'UPCOMING'
        when 'unreleased' then 'UPCOMING'
        when 'tba' then 'UPCOMING'
        when 'finished' then 'FINISHED'
    end as status,
    try_cast(record ->> '$.attributes.endDate' as date) as ended,
    hash(regexp_replace(
        included::varchar, '"(self|related|createdAt|updatedAt)":"[^"]*"', '', 'g'
    ), json_extract(record, [
        '$.attributes.slug', '$.attributes.titles', '$.attributes.canonicalTitle',
        '$.attributes.abbreviatedTitles', '$.attributes.subtype', '$.attributes.status',
        '$.attributes.startDate', '$.attributes.endDate', '$.attributes.episodeCount',
        '$.attributes.episodeLength', '$.attributes.ageRating', '$.attributes.nsfw',
        '$.attributes.synopsis'
    ])) as content
from records
