/*
MyAnimeList ids that AniList or Kitsu name in their newest record of a title and that neither MyAnimeList nor
Jikan has ever given, those unasked longest first. An id that was asked for in the last 30 days is left out:
it was not there. The time can be set (`set variable planning_time = ...`).
*/
with anilist as (
    select
        payload ->> '$.id' as record_id,
        -- not arg_max, which passes over a newest record that claims no id any more
        arg_max_null(
            payload ->> '$.idMal', (captured_at, payload_path, payload_line, payload_item)
        ) as source_id
    from raw.raw_anilist__anime
    where json_valid(payload)
    group by record_id
),

kitsu as (
    select
        coalesce(payload ->> '$.data.id', payload ->> '$.id') as record_id,
        arg_max_null(
            [
                one.attributes.externalid for one in json_transform(
                    payload -> '$.included',
                    '[{"type": "TEXT", "attributes": {"externalSite": "TEXT", "externalId": "TEXT"}}]'
                ) if one.type = 'mappings' and one.attributes.externalsite = 'myanimelist/anime'
            ][1],
            (captured_at, payload_path, payload_line, payload_item)
        ) as source_id
    from raw.raw_kitsu__anime
    where json_valid(payload)
    group by record_id
),

claimed as (
    select
        source_id,
        list(claimed_by order by claimed_by) as claimed_by
    from (
        select distinct
            source_id,
            'anilist' as claimed_by
        from anilist
        union all
        select distinct
            source_id,
            'kitsu' as claimed_by
        from kitsu
    ) as claims
    where regexp_full_match(source_id, '[1-9][0-9]{0,17}')
    group by source_id
),

given as (
    select coalesce(payload ->> '$.node.id', payload ->> '$.id') as source_id
    from raw.raw_myanimelist__anime
    where json_valid(payload)
    union all
    select payload ->> '$.mal_id' as source_id
    from raw.raw_jikan__anime
    where json_valid(payload)
),

asked as (
    select
        unnest(ids) as source_id,
        ended_at
    from raw.crawl
    where source in ('myanimelist', 'jikan')
)

select
    claimed.source_id,
    claimed.claimed_by,
    max(asked.ended_at) as last_asked_at
from claimed
anti join given on claimed.source_id = given.source_id
left join asked on claimed.source_id = asked.source_id
group by claimed.source_id, claimed.claimed_by
having
    last_asked_at is null
    or last_asked_at <= coalesce(getvariable('planning_time')::timestamptz, now()) - to_days(30)
order by last_asked_at asc nulls first, len(claimed.source_id) asc, claimed.source_id asc
