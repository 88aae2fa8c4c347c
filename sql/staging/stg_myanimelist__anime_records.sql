/*
MyAnimeList v2 nodes as landed (bare, or as {"node": {...}}), checked like stg_anilist__anime_records: faulty
ones go to quarantine, and of an id the last sound one in a file counts. An answer must have a title.

grain: one anime in one landed file
keys: source_id, payload_path
columns:
    source: myanimelist
    source_id: MyAnimeList id
    mean_score: mean times 10, 0-100 (0 means no score and becomes null)
    scored_by: users who scored it
    popularity: users who have it on a list
    favourites: users who made it a favourite
    fields: what stg_myanimelist__anime reads, each field as MyAnimeList wrote it (JSON)
    captured_at: when the payload was taken from MyAnimeList
    payload_path: landed file
    payload_line: line in that file
    payload_item: place of the record in the response on that line; null for a recording
*/
with lines as (
    select
        * replace (left(payload, 80) as payload),
        json_transform(
            case
                when json_type(try_cast(payload as json)) = 'OBJECT'
                    then coalesce(payload -> '$.node', payload::json)
            end,
            '{"id": "JSON", "average_episode_duration": "JSON", "alternative_titles": "JSON", "title": "JSON",
              "num_scoring_users": "JSON", "num_list_users": "JSON", "num_favorites": "JSON", "mean": "JSON",
              "related_anime": "JSON", "num_episodes": "JSON", "start_season": "JSON", "start_date": "JSON",
              "media_type": "JSON", "updated_at": "JSON", "end_date": "JSON", "synopsis": "JSON",
              "studios": "JSON", "status": "JSON", "genres": "JSON", "source": "JSON", "rating": "JSON",
              "nsfw": "JSON"}'
        ) as fields
    from raw.raw_myanimelist__anime
),

checked as (
    select
        *,
        list_filter([
            -- name, what it is, what it must be; a long text only where it is wrong, to copy less
            ('id', fields.id, 'a positive whole number'), ('start_season', fields.start_season, 'an object'),
            ('title', if(
                payload_item > 0, coalesce(nullif(fields.title, 'null'), '["(missing)"]'), fields.title
            ), 'a text'),
            ('alternative_titles.synonyms', fields.alternative_titles -> '$.synonyms', 'a list of texts'),
            ('media_type', fields.media_type, 'tv/movie/ova/ona/special/tv_special/music/cm/pv/unknown'),
            ('start_season.season', fields.start_season -> '$.season', 'winter/spring/summer/fall'),
            ('average_episode_duration', fields.average_episode_duration, 'a whole number'),
            ('status', fields.status, 'finished_airing/currently_airing/not_yet_aired'),
            ('alternative_titles.en', fields.alternative_titles -> '$.en', 'a text'),
            ('alternative_titles.ja', fields.alternative_titles -> '$.ja', 'a text'),
            ('num_scoring_users', fields.num_scoring_users, 'a whole number'),
            ('start_season.year', fields.start_season -> '$.year', 'a year'),
            ('alternative_titles', fields.alternative_titles, 'an object'),
            ('related_anime', fields.related_anime, 'a list of objects'), ('source', fields.source, 'a text'),
            ('num_list_users', fields.num_list_users, 'a whole number'),
            ('num_favorites', fields.num_favorites, 'a whole number'),
            ('num_episodes', fields.num_episodes, 'a whole number'), ('end_date', fields.end_date, 'a date'),
            ('studios', fields.studios, 'a list of objects'), ('rating', fields.rating, 'g/pg/pg_13/r/r+/rx'),
            ('genres', fields.genres, 'a list of objects'), ('mean', fields.mean, 'a number from 0 to 10'),
            ('start_date', fields.start_date, 'a date'), ('updated_at', fields.updated_at, 'a time'),
            ('nsfw', fields.nsfw, 'white/gray/black'),
            ('synopsis', if(json_type(fields.synopsis) = 'VARCHAR', null, fields.synopsis), 'a text')
        ], lambda it: json_type(it[2]) <> 'NULL' and not coalesce(case it[3]
            when 'a text' then json_type(it[2]) = 'VARCHAR' when 'an object' then json_type(it[2]) = 'OBJECT'
            when 'a list of texts' then json_structure(it[2])::varchar in ('["VARCHAR"]', '["NULL"]')
            when 'a list of objects' then json_structure(it[2])::varchar similar to '.([{].*|"NULL".)'
            when 'a positive whole number' then regexp_full_match(it[2]::varchar, '[1-9][0-9]{0,17}')
            when 'a whole number' then regexp_full_match(it[2]::varchar, '[0-9]{1,9}([.]0+)?')
            when 'a year' then regexp_full_match(it[2]::varchar, '(19|20)[0-9]{2}')
            when 'a number from 0 to 10' then try_cast(it[2]::varchar as double) between 0 and 10
            when 'a time' then try_cast(it[2] ->> '$' as timestamptz) is not null
            when 'a date' then year(try_cast(rpad(it[2] ->> '$', 10, '-01-01') as date)) between 1900 and 2099
            else list_contains(string_split(it[3], '/'), it[2] ->> '$')
        end, false))[1] as fault,
        row_number() over (
            partition by payload_path, fields.id, fault is null order by payload_line desc, payload_item desc
        ) as place
    from lines
)

select
    'myanimelist' as source,
    fields.id ->> '$' as record_id,
    record_id as source_id,
    nullif(round(try_cast(fields.mean as double) * 10, 2), 0) as mean_score,
    try_cast(fields.num_scoring_users as bigint) as scored_by,
    try_cast(fields.num_list_users as bigint) as popularity,
    try_cast(fields.num_favorites as bigint) as favourites,
    * exclude (payload, subject, fault, place),
    case
        when fields is null then 'the line is not a JSON object: "' || payload || '"'
        when fields.id is null then 'id is missing'
        when fault is not null then concat(fault[1], ' is ', fault[2][:80], ', expected ', fault[3])
        when place > 1 then 'duplicate: id ' || record_id || ' comes again further down in this file'
    end as rejection_reason
from checked
where place = 1 or payload_item is null or record_id is null
