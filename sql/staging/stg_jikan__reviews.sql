/*
Reviews of anime as Jikan gave them, the newest version of each (by captured_at, then landed file, line and
item). They are of MyAnimeList. Both shapes that Jikan has had are read: votes and scores, and reactions and a
score. A review that is no review of a title goes to quarantine. Texts are verbatim.

grain: one review
keys: review_id
columns:
    source: myanimelist
    review_id: the review's id there
    source_id: MyAnimeList id of the anime
    author: the salted hash that stands for its author
    score: what its author gives the anime, 1 to 10 times 10, so 10-100; null where not stated
    summary: its verdict, e.g. Recommended; blank or null where it has none
    body: the text
    helpful: reactions of readers; null where not stated
    votes: null, since MyAnimeList does not ask
    is_spoiler: whether it gives the plot away; null where not stated
    created_at: when it was written; null where not stated
    updated_at: null, since Jikan does not say
    captured_at: when the payload was taken from Jikan
    payload_path: landed file
    payload_line: line in that file
    payload_item: place of the review in the response on that line
*/
with reviews as (
    select
        case when json_type(try_cast(payload as json)) = 'OBJECT' then payload::json end as review,
        nullif(review -> '$.mal_id', 'null') as id,
        nullif(review -> '$.anime_mal_id', 'null') as anime_id,
        nullif(coalesce(review -> '$.score', review -> '$.scores.overall'), 'null') as score,
        nullif(review -> '$.review', 'null') as body,
        nullif(review -> '$.date', 'null') as created,
        left(payload, 80) as beginning,
        captured_at,
        payload_path,
        payload_line,
        payload_item
    from raw.raw_jikan__reviews
),

checked as (
    select
        *,
        try_cast(created ->> '$' as timestamptz) as created_at,
        case
            when review is null then 'the review is not a JSON object: "' || beginning || '"'
            when not coalesce(regexp_full_match(id::varchar, '[1-9][0-9]{0,17}'), false)
                then concat(
                    'mal_id is ', coalesce(id[:80], '(missing)'), ', expected a positive whole number'
                )
            when not coalesce(regexp_full_match(anime_id::varchar, '[1-9][0-9]{0,17}'), false)
                then concat(
                    'anime_mal_id is ', coalesce(anime_id[:80], '(missing)'),
                    ', expected a positive whole number'
                )
            when
                score is not null
                and not coalesce(try_cast(score::varchar as double) between 0 and 10, false)
                then concat('score is ', score[:80], ', expected a number from 0 to 10')
            when coalesce(json_type(body), 'NULL') <> 'VARCHAR'
                then concat('review is ', coalesce(body[:80], '(missing)'), ', expected a text')
            when created is not null and created_at is null
                then concat('date is ', created[:80], ', expected a time')
        end as fault
    from reviews
)

select
    'myanimelist' as source,
    id ->> '$' as review_id,
    anime_id ->> '$' as source_id,
    review ->> '$.user.username' as author,
    nullif(try_cast(score::varchar as double) * 10, 0) as score,
    array_to_string(try_cast(review -> '$.tags' as varchar[]), ', ') as summary,
    body ->> '$' as body,
    try_cast(coalesce(review -> '$.reactions.overall', review -> '$.votes') as bigint) as helpful,
    null::bigint as votes,
    try_cast(review ->> '$.is_spoiler' as boolean) as is_spoiler,
    created_at,
    null::timestamptz as updated_at,
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
