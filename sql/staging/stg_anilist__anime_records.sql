/*
AniList `Media` objects as landed, checked line by line: JSON, a positive id, every field of the type and with
one of the words that AniList documents. Faulty lines go to quarantine with the first fault found, and so do
all but the last sound line of one id in one file. All landed days are kept (the history in
fact_anime_metrics); stg_anilist__anime picks the newest. Only figures are brought to common units here.

grain: one anime in one landed file
keys: source_id, payload_path
columns:
    source: anilist
    source_id: AniList id
    mean_score: averageScore, 0-100 (0 means no score and becomes null)
    scored_by: users who scored it (sum of stats.scoreDistribution)
    popularity: users who have it on a list
    favourites: users who made it a favourite
    fields: what stg_anilist__anime reads, each field as AniList wrote it (JSON)
    captured_at: when the payload was taken from AniList
    payload_path: landed file
    payload_line: line in that file
*/
with lines as (
    select
        * replace (left(payload, 80) as payload),
        json_transform(
            case when json_type(try_cast(payload as json)) = 'OBJECT' then payload end,
            '{"id": "JSON", "idMal": "JSON", "type": "JSON", "title": "JSON", "synonyms": "JSON",
              "format": "JSON", "status": "JSON", "source": "JSON", "episodes": "JSON", "duration": "JSON",
              "startDate": "JSON", "endDate": "JSON", "season": "JSON", "seasonYear": "JSON",
              "isAdult": "JSON", "description": "JSON", "averageScore": "JSON", "popularity": "JSON",
              "favourites": "JSON", "stats": "JSON", "genres": "JSON", "tags": "JSON", "studios": "JSON",
              "relations": "JSON", "siteUrl": "JSON", "updatedAt": "JSON"}'
        ) as fields
    from raw.raw_anilist__anime
),

checked as (
    select
        *,
        list_filter(list_transform([
            -- name, what it is, what it must be; a long text only where it is wrong, to copy less
            ('id', fields.id, 'a positive whole number'), ('endDate', fields.enddate, 'a {year, month, day}'),
            ('status', fields.status, 'FINISHED/RELEASING/NOT_YET_RELEASED/CANCELLED/HIATUS'),
            ('format', fields.format, 'TV/TV_SHORT/MOVIE/SPECIAL/OVA/ONA/MUSIC'),
            ('averageScore', fields.averagescore, 'a number from 0 to 100'), ('type', fields.type, 'ANIME'),
            ('updatedAt', fields.updatedat, 'a positive whole number'), ('siteUrl', fields.siteurl, 'a text'),
            ('title.english', fields.title -> '$.english', 'a text'), ('stats', fields.stats, 'an object'),
            ('startDate', fields.startdate, 'a {year, month, day}'), ('studios', fields.studios, 'an object'),
            ('season', fields.season, 'WINTER/SPRING/SUMMER/FALL'), ('isAdult', fields.isadult, 'true/false'),
            ('title.native', fields.title -> '$.native', 'a text'), ('title', fields.title, 'an object'),
            ('title.romaji', fields.title -> '$.romaji', 'a text'), ('source', fields.source, 'a text'),
            ('favourites', fields.favourites, 'a whole number'), ('genres', fields.genres, 'a list of texts'),
            ('popularity', fields.popularity, 'a whole number'), ('relations', fields.relations, 'an object'),
            ('idMal', fields.idmal, 'a positive whole number'), ('seasonYear', fields.seasonyear, 'a year'),
            ('synonyms', fields.synonyms, 'a list of texts'), ('duration', fields.duration, 'a whole number'),
            ('episodes', fields.episodes, 'a whole number'), ('tags', fields.tags, 'a list of objects'),
            ('description', if(json_type(fields.description) = 'VARCHAR', null, fields.description), 'a text')
        ], lambda item: struct_pack(
            name := item[1], json := item[2], wanted := item[3], text := item[2] ->> '$',
            type := json_type(item[2]), types := json_type(item[2], '$[*]'), year := item[2] ->> 'year',
            day := try_cast(concat_ws(
                '-', item[2] ->> 'year', coalesce(item[2] ->> 'month', '1'), coalesce(item[2] ->> 'day', '1')
            ) as date)
        )), lambda item: item.type <> 'NULL' and not coalesce(case item.wanted
            when 'a text' then item.type = 'VARCHAR'
            when 'an object' then item.type = 'OBJECT'
            when 'a list of texts' then item.type = 'ARRAY' and list_has_all(['VARCHAR', 'NULL'], item.types)
            when 'a list of objects' then item.type = 'ARRAY' and list_has_all(['OBJECT', 'NULL'], item.types)
            when 'a positive whole number' then regexp_full_match(item.text, '[1-9][0-9]{0,17}')
            when 'a whole number' then regexp_full_match(item.text, '[0-9]{1,9}([.]0+)?')
            when 'a year' then regexp_full_match(item.text, '(19|20)[0-9]{2}')
            when 'a number from 0 to 100' then try_cast(item.text as double) between 0 and 100
            when 'a {year, month, day}'
                then item.type = 'OBJECT' and (item.year is null or year(item.day) between 1900 and 2099)
            else list_contains(string_split(item.wanted, '/'), item.text)
        end, false))[1] as fault
    from lines
)

select
    'anilist' as source,
    fields.id ->> '$' as record_id,
    record_id as source_id,
    nullif(try_cast(fields.averagescore as double), 0) as mean_score,
    list_sum(try_cast(fields.stats -> '$.scoreDistribution[*].amount' as bigint[]))::bigint as scored_by,
    try_cast(fields.popularity as bigint) as popularity,
    try_cast(fields.favourites as bigint) as favourites,
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
