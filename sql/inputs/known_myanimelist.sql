/*
What MyAnimeList's records say of themselves that plans go by, for `known_titles`: a row for each landed
line. Where the `content` of two is the same, so is what staging reads of them; it is not about users,
scores and update times, nor about relations, which the details of a title state and lists leave out.
*/
with records as (
    select
        captured_at,
        payload_path,
        payload_line,
        payload_item,
        coalesce(try_cast(payload as json) -> '$.node', try_cast(payload as json)) as record
    from raw.raw_myanimelist__anime
    where json_type(try_cast(payload as json)) = 'OBJECT'
)

select
    'myanimelist' as source,
    record ->> '$.id' as source_id,
    captured_at,
    payload_path,
    payload_line,
    payload_item,
    try_cast(
        left(coalesce(record ->> '$.start_date', record ->> '$.start_season.year'), 4) as integer
    ) as start_year,
    nullif(
        concat_ws('-', record ->> '$.start_season.year', record ->> '$.start_season.season'), ''
    ) as season,
    case record ->> '$.status'
        when 'currently_airing' then 'AIRING'
        when 'not_yet_aired' then 'UPCOMING'
        when 'finished_airing' then 'FINISHED'
    end as status,
    try_cast(rpad(record ->> '$.end_date', 10, '-12-28') as date) as ended,
    hash(json_extract(record, [
        '$.title', '$.alternative_titles', '$.media_type', '$.status', '$.start_date', '$.end_date',
        '$.start_season', '$.num_episodes', '$.average_episode_duration', '$.source', '$.genres',
        '$.studios', '$.rating', '$.nsfw', '$.synopsis'
    ])) as content
from records
