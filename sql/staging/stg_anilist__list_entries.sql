/*
Entries of users' lists as crawls of AniList were given them, checked one by one, but for lists that were
found empty or closed since. Scores are asked for in points of 100, whatever the owner sees; 0 means unrated.
An entry that one crawl was given several times, on overlapping pages or in several of a user's lists, counts
once: as it changed last, then as it was given last. Faulty ones go to quarantine.

grain: one anime on one user's list in one landed file
keys: user_id, source_id, payload_path
columns:
    source: anilist
    user_id: the user as landed: the salted hash of the name, or the name where the settings ask for it
    source_id: AniList id of the anime
    source_score: score on AniList's scale, above 0 to 100; null for an entry without score
    status: watching, completed, on_hold, dropped or planned; null where not stated
    rated_at: when the entry last changed; null where not stated
    captured_at: when the entry was taken from AniList
    payload_path: landed file
    payload_line: line in that file
    payload_item: place of the entry in the response on that line
*/
with list_reads as (
    select unnest(reads, recursive := true)
    from raw.crawl
    where source = 'anilist'
),

entries as (
    select
        trim(subject) as user_id,
        case when json_type(try_cast(payload as json)) = 'OBJECT' then payload::json end as entry,
        entry -> '$.mediaId' as anime_id,
        nullif(entry -> '$.status', 'null') as stated,
        nullif(entry -> '$.score', 'null') as score,
        nullif(entry -> '$.updatedAt', 'null') as updated_at,
        left(payload, 80) as beginning,
        captured_at,
        payload_path,
        payload_line,
        payload_item
    from raw.raw_anilist__lists as lists
    anti join list_reads
        on lists.subject = list_reads.subject and captured_at < read_at and records = 0
),

checked as (
    select
        *,
        anime_id ->> '$' as source_id,
        try_cast(score::varchar as double) as source_score,
        case stated ->> '$'
            when 'CURRENT' then 'watching'
            when 'REPEATING' then 'watching'
            when 'COMPLETED' then 'completed'
            when 'PAUSED' then 'on_hold'
            when 'DROPPED' then 'dropped'
            when 'PLANNING' then 'planned'
        end as status,
        try(to_timestamp(nullif(try_cast(updated_at::varchar as bigint), 0))) as rated_at,
        case
            when entry is null then 'the entry is not a JSON object: "' || beginning || '"'
            when coalesce(user_id, '') = '' then 'the entry does not say whose it is'
            when not coalesce(regexp_full_match(anime_id::varchar, '[1-9][0-9]{0,17}'), false)
                then concat(
                    'mediaId is ', coalesce(anime_id::varchar, '(missing)'),
                    ', expected a positive whole number'
                )
            when score is not null and not coalesce(source_score between 0 and 100, false)
                then concat('score is ', score[:80], ', expected a number from 0 to 100')
            when stated is not null and status is null
                then concat(
                    'status is ', stated[:80],
                    ', expected CURRENT/REPEATING/COMPLETED/PAUSED/DROPPED/PLANNING'
                )
            when
                updated_at is not null
                and not coalesce(regexp_full_match(updated_at::varchar, '[0-9]{1,10}'), false)
                then concat('updatedAt is ', updated_at[:80], ', expected seconds since 1970')
        end as fault
    from entries
)

select
    'anilist' as source,
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
