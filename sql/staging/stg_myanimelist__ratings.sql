/*
MyAnimeList users' ratings: whole lists, of recordings and of crawls, and recorded months. The newest landed
file of either kind of list that mentions a user replaces the user's earlier one; of an anime in more months
the latest change counts, the others are what was true before and no faults; of what lists, crawls and months
have, the entry taken later counts. Where a file names an anime twice, the newest updated_at counts, then the
one further down; the others and lines with a fault go to quarantine. A score of 0 or blank means unrated.

grain: one anime on one user's list
keys: user_id, source_id
columns:
    source: myanimelist
    user_id: the user as the recording names them, or as stg_myanimelist__list_entries does
    source_id: MyAnimeList id of the anime
    source_score: score on MyAnimeList's scale, above 0 to 10; null for an entry without score
    status: watching, completed, on_hold, dropped or planned; null where not stated
    rated_at: when the entry last changed; null where not stated
    captured_at: when the list was taken from MyAnimeList
    payload_path: landed file
    payload_line: line in that file
    payload_item: place of the entry in the response on that line; null for a recording
*/
with entries as (
    select
        * exclude (anime_id) replace (
            coalesce(trim(user_id), '') as user_id,
            nullif(trim(score), '') as score,
            nullif(lower(trim(status)), '') as status,
            nullif(trim(updated_at), '') as updated_at
        ),
        trim(anime_id) as source_id
    from raw.raw_myanimelist__ratings
),

newest_files as (
    select
        user_id,
        arg_max(payload_path, (captured_at, payload_path)) as payload_path
    from entries
    where month is null and user_id <> ''
    group by user_id
),

checked as (
    select
        entries.*,
        try_cast(entries.score as double) as source_score,
        try_cast(entries.updated_at as timestamptz) as rated_at,
        case
            when entries.malformed is not null
                then 'the line has the wrong number of fields: "' || left(entries.malformed, 80) || '"'
            when entries.user_id = '' then 'user_id is blank'
            when not coalesce(regexp_full_match(entries.source_id, '[1-9][0-9]{0,17}'), false)
                then concat('myanimelist_id is "', entries.source_id, '", expected a positive whole number')
            when
                entries.score is not null
                and not coalesce(source_score between 0 and 10, false)
                then 'score is "' || entries.score || '", expected a number from 0 to 10'
            when not list_contains(
                ['watching', 'completed', 'on_hold', 'dropped', 'planned'], entries.status
            ) then 'status is "' || entries.status || '", expected watching/completed/on_hold/dropped/planned'
            when entries.updated_at is not null and not coalesce(isfinite(rated_at), false)
                then 'updated_at is "' || entries.updated_at || '", expected a time like 2024-04-30T18:00:00Z'
            when entries.month <> coalesce(strftime(rated_at at time zone 'UTC', '%Y-%m'), '')
                then concat('updated_at is "', entries.updated_at, '", expected a time in ', entries.month)
        end as fault
    from entries
    left join newest_files using (user_id)
    where entries.user_id = '' or month is not null or entries.payload_path = newest_files.payload_path
),

recorded as (
    select
        * exclude (score, updated_at, malformed, fault) replace (nullif(source_score, 0) as source_score),
        coalesce(fault, case
            when row_number() over changes > 1 and month is not distinct from lag(month) over changes
                then 'duplicate: the list names anime ' || source_id || ' again, and that entry counts'
        end) as rejection_reason
    from checked
    window
        changes as (
            partition by month is null, user_id, source_id, fault is null
            order by rated_at desc nulls last, payload_line desc
        )
    qualify rejection_reason is not null or row_number() over changes = 1
),

both_kinds as (
    select * from recorded
    union all by name
    select * from staging.stg_myanimelist__list_entries
    qualify payload_path = arg_max(payload_path, (captured_at, payload_path)) over (partition by user_id)
)

select
    * exclude (month) replace ('myanimelist' as source),
    concat_ws(':', user_id, source_id) as record_id
from both_kinds
qualify rejection_reason is not null or row_number() over (
    partition by user_id, source_id, rejection_reason is null order by captured_at desc, payload_path desc
) = 1
