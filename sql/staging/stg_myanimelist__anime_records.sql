/*
MyAnimeList v2 nodes as landed (bare, or as {"node": {...}}), checked line by line like
stg_anilist__anime_records: faulty lines go to quarantine, the last sound line of an id in a file counts.

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
        list_filter(list_transform([
            -- name, what it is, what it must be; a long text only where it is wrong, to copy less
            ('id', fields.id, 'a positive whole number'), ('start_season', fields.start_season, 'an object'),
            ('alternative_titles.synonyms', fields.alternative_titles -> '$.synonyms', 'a list of texts'),
            ('media_type', fields.media_type, 'tv/movie/ova/ona/special/tv_special/music/cm/pv/unknown'),
            ('start_season.season', fields.start_season -> '$.season', 'winter/spring/summer/fall'),
            ('average_episode_duration', fields.average_episode_duration, 'a whole number'),
            ('status', fields.status, 'finished_airing/currently_airing/not_yet_aired'),
            ('alternative_titles.en', fields.alternative_titles -> '$.en', 'a text'),
            ('alternative_titles.ja', fields.alternative_titles -> '$.ja', 'a text'),
            ('num_scoring_users', fields.num_scoring_users, 'a whole number'),
            ('start_season.year', fields.start_season -> '$.year', 'a year'),
            ('alternative_titles', fields.alternative_titles, 'an object'), ('title', fields.title, 'a text'),
            ('related_anime', fields.related_anime, 'a list of objects'), ('source', fields.source, 'a text'),
            ('num_list_users', fields.num_list_users, 'a whole number'),
            ('num_favorites', fields.num_favorites, 'a whole number'),
            ('num_episodes', fields.num_episodes, 'a whole number'), ('end_date', fields.end_date, 'a date'),
            ('studios', fields.studios, 'a list of objects'), ('rating', fields.rating, 'g/pg/pg_13/r/r+/rx'),
            ('genres', fields.genres, 'a list of objects'), ('mean', fields.mean, 'a number from 0 to 10'),
            ('start_date', fields.start_date, 'a date'), ('updated_at', fields.updated_at, 'a time'),
            ('nsfw', fields.nsfw, 'white/gray/black'),
            ('synopsis', if(json_type(fields.synopsis) = 'VARCHAR', null, fields.synopsis), 'a text')
        ], lambda item: struct_pack(
            name := item[1], json := item[2], wanted := item[3], text := item[2] ->> '$',
            type := json_type(item[2]), types := json_type(item[2], '$[*]')
        )), lambda item: item.type <> 'NULL' and not coalesce(case item.wanted
            when 'a text' then item.type = 'VARCHAR'
            when 'an object' then item.type = 'OBJECT'
            when 'a list of texts' then item.type = 'ARRAY' and list_has_all(['VARCHAR', 'NULL'], item.types)
            when 'a list of objects' then item.type = 'ARRAY' and list_has_all(['OBJECT', 'NULL'], item.types)
            when 'a positive whole number' then regexp_full_match(item.text, '[1-9][0-9]{0,17}')
            when 'a whole number' then regexp_full_match(item.text, '[0-9]{1,9}([.]0+)?')
            when 'a year' then regexp_full_match(item.text, '(19|20)[0-9]{2}')
            when 'a number from 0 to 10' then try_cast(item.text as double) between 0 and 10
            when 'a time' then try_cast(item.text as timestamptz) is not null
            when 'a date' then year(try_cast(rpad(item.text, 10, '-01-01') as date)) between 1900 and 2099
            else list_contains(string_split(item.wanted, '/'), item.text)
        end, false))[1] as fault
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
    fields,
    captured_at,
    payload_path,
    payload_line,
    case
        when fields is null then 'the line is not a JSON object: "' || payload || '"'
        when fields.id is null then 'id is missing'
        when fault is not null then concat(fault.name, ' is ', fault.json[:80], ', expected ', fault.wanted)
        when payload_line < max(payload_line) over (partition by payload_path, record_id, fault is null)
            then 'duplicate: id ' || record_id || ' comes again further down in this file'
    end as rejection_reason
from checked
