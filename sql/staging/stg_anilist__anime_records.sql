/*
AniList `Media` objects as landed, checked one by one: JSON, a positive id, every field of the type and with
one of the words that AniList documents, in answers a title. Faulty ones go to quarantine with their first
fault, and so do all but the last sound line of an id in a recording; what a crawl gives twice is no fault:
the last counts. All landed days are kept; stg_anilist__anime has the newest of each id in common units.

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
    payload_item: place of the record in the response on that line; null for a recording
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
        list_filter([
            -- name, what it is, what it must be; a long text only where it is wrong, to copy less
            ('id', fields.id, 'a positive whole number'), ('endDate', fields.enddate, 'a {year, month, day}'),
            ('title', if(
                payload_item > 0, coalesce(nullif(fields.title, 'null'), '"(missing)"'), fields.title
            ), 'an object'),
            ('status', fields.status, 'FINISHED/RELEASING/NOT_YET_RELEASED/CANCELLED/HIATUS'),
            ('format', fields.format, 'TV/TV_SHORT/MOVIE/SPECIAL/OVA/ONA/MUSIC'),
            ('averageScore', fields.averagescore, 'a number from 0 to 100'), ('type', fields.type, 'ANIME'),
            ('updatedAt', fields.updatedat, 'a positive whole number'), ('siteUrl', fields.siteurl, 'a text'),
            ('title.english', fields.title -> '$.english', 'a text'), ('stats', fields.stats, 'an object'),
            ('startDate', fields.startdate, 'a {year, month, day}'), ('studios', fields.studios, 'an object'),
            ('season', fields.season, 'WINTER/SPRING/SUMMER/FALL'), ('isAdult', fields.isadult, 'true/false'),
            ('title.native', fields.title -> '$.native', 'a text'), ('source', fields.source, 'a text'),
            ('title.romaji', fields.title -> '$.romaji', 'a text'),
            ('favourites', fields.favourites, 'a whole number'), ('genres', fields.genres, 'a list of texts'),
            ('popularity', fields.popularity, 'a whole number'), ('relations', fields.relations, 'an object'),
            ('idMal', fields.idmal, 'a positive whole number'), ('seasonYear', fields.seasonyear, 'a year'),
            ('synonyms', fields.synonyms, 'a list of texts'), ('duration', fields.duration, 'a whole number'),
            ('episodes', fields.episodes, 'a whole number'), ('tags', fields.tags, 'a list of objects'),
            ('description', if(json_type(fields.description) = 'VARCHAR', null, fields.description), 'a text')
        ], lambda it: json_type(it[2]) <> 'NULL' and not coalesce(case it[3]
            when 'a text' then json_type(it[2]) = 'VARCHAR' when 'an object' then json_type(it[2]) = 'OBJECT'
            when 'true/false' then json_type(it[2]) = 'BOOLEAN'
            when 'a list of texts' then json_structure(it[2])::varchar in ('["VARCHAR"]', '["NULL"]')
            when 'a list of objects' then json_structure(it[2])::varchar similar to '.([{].*|"NULL".)'
            when 'a positive whole number' then regexp_full_match(it[2]::varchar, '[1-9][0-9]{0,17}')
            when 'a whole number' then regexp_full_match(it[2]::varchar, '[0-9]{1,9}([.]0+)?')
            when 'a year' then regexp_full_match(it[2]::varchar, '(19|20)[0-9]{2}')
            when 'a number from 0 to 100' then try_cast(it[2]::varchar as double) between 0 and 100
            when 'a {year, month, day}'
                then json_type(it[2]) = 'OBJECT' and ((it[2] ->> 'year') is null or year(try_cast(concat_ws(
                    '-', it[2] ->> 'year', coalesce(it[2] ->> 'month', '1'), coalesce(it[2] ->> 'day', '1')
                ) as date)) between 1900 and 2099)
            else list_contains(string_split(it[3], '/'), it[2] ->> '$')
        end, false))[1] as fault,
        row_number() over (
            partition by payload_path, fields.id, fault is null order by payload_line desc, payload_item desc
        ) as place
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
    * exclude (payload, subject, fault, place),
    case
        when fields is null then 'the line is not a JSON object: "' || payload || '"'
        when fields.id is null then 'id is missing'
        when fault is not null then concat(fault[1], ' is ', fault[2][:80], ', expected ', fault[3])
        when place > 1 then 'duplicate: id ' || record_id || ' comes again further down in this file'
    end as rejection_reason
from checked
where place = 1 or payload_item is null or record_id is null
