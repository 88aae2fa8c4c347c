/*
Entries of users' lists as crawls of Kitsu were given them, checked one by one, but for lists that were found
empty or closed since. A rating counts half stars, 2 to 20; null means unrated. An entry that one crawl was
given several times counts once: as it changed last, then as given last. Faulty ones go to quarantine.

grain: one anime on one user's list in one landed file
keys: user_id, source_id, payload_path
columns:
    source: kitsu
    user_id: the user as landed: the salted hash of the name, or the name where the settings ask for it
    source_id: Kitsu id of the anime
    source_score: score on Kitsu's scale, 2 to 20; null for an entry without score
    status: watching, completed, on_hold, dropped or planned; null where not stated
    rated_at: when the entry last changed; null where not stated
    captured_at: when the entry was taken from Kitsu
    payload_path: landed file
    payload_line: line in that file
    payload_item: place of the entry in the response on that line
*/
with list_reads as (
    select unnest(reads, recursive := true)
    from raw.crawl
    where source = 'kitsu'
),

entries as (
    select
        trim(subject) as user_id,
        case when json_type(try_cast(payload as json)) = 'OBJECT' then payload::json end as entry,
        coalesce(
            entry -> '$.relationships.anime.data.id', entry -> '$.relationships.media.data.id'
        ) as anime_id,
        nullif(entry -> '$.attributes.status', 'null') as stated,
        nullif(entry -> '$.attributes.ratingTwenty', 'null') as score,
        nullif(entry -> '$.attributes.updatedAt', 'null') as updated_at,
        left(payload, 80) as beginning,
        captured_at,
        payload_path,
        payload_line,
        payload_item
    from raw.raw_kitsu__lists as lists
    anti join list_reads
        on lists.subject = list_reads.subject and captured_at < read_at and records = 0
),

checked as (
    select
        *,
        anime_id ->> '$' as source_id,
        try_cast(score::varchar as double) as source_score,
        case stated ->> '$'
            when 'current' then 'watching'
            when 'completed' then 'completed'
            when 'on_hold' then 'on_hold'
            when 'dropped' then 'dropped'
            when 'planned' then 'planned'
        end as status,
        try_cast(updated_at ->> '$' as timestamptz) as rated_at,
        case
            when entry is null then 'the entry is not a JSON object: "' || beginning || '"'
            when coalesce(user_id, '') = '' then 'the entry does not say whose it is'
            when not coalesce(regexp_full_match(anime_id ->> '$', '[1-9][0-9]{0,17}'), false)
                then concat(
                    'relationships.anime.data.id is ', coalesce(anime_id::varchar, '(missing)'),
                    ', expected a positive whole number'
                )
            when score is not null and not coalesce(source_score between 2 and 20, false)
                then concat('attributes.ratingTwenty is ', score[:80], ', expected a number from 2 to 20')
            when stated is not null and status is null
                then concat(
                    'attributes.status is ', stated[:80],
                    ', expected current/completed/on_hold/dropped/planned'
                )
            when updated_at is not null and not coalesce(isfinite(rated_at), false)
                then concat(
                    'attributes.updatedAt is ', updated_at[:80],
                    ', expected a time like 2024-04-30T18:00:00Z'
                )
        end as fault
    from entries
)

select
    'kitsu' as source,
    user_id,
    source_id,
    nullif(source_score, 0) as source_score,
    status,
    rated_at,
    captured_at,
    payload_path,
    payload_line,
    payload_item,
    concat_ws(':', user_id, source_id) as record_id,
    fault as rejection_reason
from checked
qualify source_id is null or row_number() over (
    partition by payload_path, user_id, source_id, fault is null
    order by rated_at desc nulls last, payload_line desc, payload_item desc
) = 1
