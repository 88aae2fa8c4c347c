/*
Reviews of anime as Kitsu gave them, the newest version of each (by captured_at, then landed file, line and
item). A review that is no review of a title goes to quarantine. Texts are verbatim.

grain: one review
keys: review_id
columns:
    source: kitsu
    review_id: the review's id there
    source_id: Kitsu id of the anime
    author: null, since authors are not kept
    score: what its author gives the anime, 2 to 20 times 5, so 10-100; null where not stated
    summary: null, since Kitsu has none
    body: the text
    helpful: readers who liked it; null where not stated
    votes: null, since Kitsu does not ask
    is_spoiler: whether it gives the plot away; null where not stated
    created_at: when it was written; null where not stated
    updated_at: when it was last changed; null where not stated
    captured_at: when the payload was taken from Kitsu
    payload_path: landed file
    payload_line: line in that file
    payload_item: place of the review in the response on that line
*/
with reviews as (
    select
        case when json_type(try_cast(payload as json)) = 'OBJECT' then payload::json end as review,
        nullif(review -> '$.id', 'null') as id,
        nullif(review -> '$.relationships.media.data.id', 'null') as anime_id,
        nullif(review -> '$.attributes.rating', 'null') as score,
        nullif(review -> '$.attributes.content', 'null') as body,
        nullif(review -> '$.attributes.createdAt', 'null') as created,
        left(payload, 80) as beginning,
        captured_at,
        payload_path,
        payload_line,
        payload_item
    from raw.raw_kitsu__reviews
),

checked as (
    select
        *,
        try_cast(created ->> '$' as timestamptz) as created_at,
        case
            when review is null then 'the review is not a JSON object: "' || beginning || '"'
            when not coalesce(regexp_full_match(id ->> '$', '[1-9][0-9]{0,17}'), false)
                then concat(
                    'id is ', coalesce(id[:80], '(missing)'), ', expected a positive whole number'
                )
            when not coalesce(regexp_full_match(anime_id ->> '$', '[1-9][0-9]{0,17}'), false)
                then concat(
                    'relationships.media.data.id is ', coalesce(anime_id[:80], '(missing)'),
                    ', expected a positive whole number'
                )
            when
                score is not null
                and not coalesce(try_cast(score::varchar as double) between 2 and 20, false)
                then concat('attributes.rating is ', score[:80], ', expected a number from 2 to 20')
            when coalesce(json_type(body), 'NULL') <> 'VARCHAR'
                then concat('attributes.content is ', coalesce(body[:80], '(missing)'), ', expected a text')
            when created is not null and created_at is null
                then concat('attributes.createdAt is ', created[:80], ', expected a time')
        end as fault
    from reviews
)

select
    'kitsu' as source,
    id ->> '$' as review_id,
    anime_id ->> '$' as source_id,
    null::varchar as author,
    try_cast(score::varchar as double) * 5 as score,
    null::varchar as summary,
    body ->> '$' as body,
    try_cast(review -> '$.attributes.likesCount' as bigint) as helpful,
    null::bigint as votes,
    try_cast(review ->> '$.attributes.spoiler' as boolean) as is_spoiler,
    created_at,
    try_cast((review -> '$.attributes.updatedAt') ->> '$' as timestamptz) as updated_at,
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
