/*
Reviews of anime as AniList gave them, the newest version of each (by captured_at, then landed file, line and
item). A review that is no review of a title goes to quarantine. Texts are verbatim.

grain: one review
keys: review_id
columns:
    source: anilist
    review_id: the review's id there
    source_id: AniList id of the anime
    author: the salted hash that stands for its author
    score: what its author gives the anime, 0-100; null where not stated
    summary: its one-sentence summary
    body: the text
    helpful: readers who found it helpful; null where not stated
    votes: readers who said whether it helped them
    is_spoiler: whether it gives the plot away; null where AniList does not say
    created_at: when it was written; null where not stated
    updated_at: when it was last changed; null where not stated
    captured_at: when the payload was taken from AniList
    payload_path: landed file
    payload_line: line in that file
    payload_item: place of the review in the response on that line
*/
with reviews as (
    select
        case when json_type(try_cast(payload as json)) = 'OBJECT' then payload::json end as review,
        nullif(review -> '$.id', 'null') as id,
        nullif(review -> '$.mediaId', 'null') as anime_id,
        nullif(review -> '$.score', 'null') as score,
        nullif(review -> '$.body', 'null') as body,
        nullif(review -> '$.createdAt', 'null') as created,
        left(payload, 80) as beginning,
        captured_at,
        payload_path,
        payload_line,
        payload_item
    from raw.raw_anilist__reviews
),

checked as (
    select
        *,
        try(to_timestamp(nullif(try_cast(created as bigint), 0))) as created_at,
        case
            when review is null then 'the review is not a JSON object: "' || beginning || '"'
            when not coalesce(regexp_full_match(id::varchar, '[1-9][0-9]{0,17}'), false)
                then concat(
                    'id is ', coalesce(id[:80], '(missing)'), ', expected a positive whole number'
                )
            when not coalesce(regexp_full_match(anime_id::varchar, '[1-9][0-9]{0,17}'), false)
                then concat(
                    'mediaId is ', coalesce(anime_id[:80], '(missing)'),
                    ', expected a positive whole number'
                )
            when
                score is not null
                and not coalesce(try_cast(score::varchar as double) between 0 and 100, false)
                then concat('score is ', score[:80], ', expected a number from 0 to 100')
            when coalesce(json_type(body), 'NULL') <> 'VARCHAR'
                then concat('body is ', coalesce(body[:80], '(missing)'), ', expected a text')
            when created is not null and created_at is null
                then concat('createdAt is ', created[:80], ', expected seconds since 1970')
        end as fault
    from reviews
)

select
    'anilist' as source,
    id ->> '$' as review_id,
    anime_id ->> '$' as source_id,
    review ->> '$.userId' as author,
    try_cast(score::varchar as double) as score,
    nullif(trim(review ->> '$.summary'), '') as summary,
    body ->> '$' as body,
    try_cast(review -> '$.rating' as bigint) as helpful,
    try_cast(review -> '$.ratingAmount' as bigint) as votes,
    null::boolean as is_spoiler,
    created_at,
    try(to_timestamp(nullif(try_cast((review -> '$.updatedAt') as bigint), 0))) as updated_at,
    captured_at,
    payload_path,
    payload_line,
    payload_item,
    review_id as record_id,
    fault as rejection_reason
from checked
qualify review_id is null or row_number() over (
    partition by review_id, fault is null
    order by captured_at desc, payload_path desc, payload_line desc, payload_item desc
) = 1
