/*
Kitsu anime resources as landed (bare, or as {"data": {...}, "included": [...]}), checked line by line like
stg_anilist__anime_records: faulty lines go to quarantine, the last sound line of an id in a file counts.

grain: one anime in one landed file
keys: source_id, payload_path
columns:
    source: kitsu
    source_id: Kitsu id
    mean_score: averageRating, 0-100, on Kitsu's compressed scale (0 means no score and becomes null)
    scored_by: users who scored it (sum of ratingFrequencies)
    popularity: users who have it on a list
    favourites: users who made it a favourite
    fields: the attributes that stg_kitsu__anime reads, each as Kitsu wrote it (JSON)
    included: the resources sent along: mappings, categories, productions, relationships
    captured_at: when the payload was taken from Kitsu
    payload_path: landed file
    payload_line: line in that file
*/
with resources as (
    select
        * replace (left(payload, 80) as payload),
        case when json_type(try_cast(payload as json)) = 'OBJECT' then payload::json end as document,
        coalesce(document -> '$.data', document) as resource
    from raw.raw_kitsu__anime
),

lines as (
    select
        *,
        resource -> '$.id' as id,
        resource -> '$.attributes' as attributes,
        document -> '$.included' as included,
        json_transform(
            case when json_type(attributes) = 'OBJECT' then attributes end,
            '{"slug": "JSON", "abbreviatedTitles": "JSON", "ratingFrequencies": "JSON", "userCount": "JSON",
              "canonicalTitle": "JSON", "favoritesCount": "JSON", "averageRating": "JSON", "synopsis": "JSON",
              "episodeLength": "JSON", "episodeCount": "JSON", "startDate": "JSON", "ageRating": "JSON",
              "updatedAt": "JSON", "endDate": "JSON", "subtype": "JSON", "titles": "JSON", "status": "JSON",
              "nsfw": "JSON"}'
        ) as fields
    from resources
),

checked as (
    select
        *,
        list_filter(list_transform([
            -- name, what it is, what it must be; a long text only where it is wrong, to copy less
            ('id', id, 'a positive whole number'), ('episodeLength', fields.episodelength, 'a whole number'),
            ('status', fields.status, 'current/ongoing/finished/tba/unreleased/upcoming'),
            ('abbreviatedTitles', fields.abbreviatedtitles, 'a list of texts'),
            ('averageRating', fields.averagerating, 'a number from 0 to 100'),
            ('subtype', fields.subtype, 'TV/movie/OVA/ONA/special/music'), ('slug', fields.slug, 'a text'),
            ('ratingFrequencies', fields.ratingfrequencies, 'an object'), ('nsfw', fields.nsfw, 'true/false'),
            ('favoritesCount', fields.favoritescount, 'a whole number'),
            ('episodeCount', fields.episodecount, 'a whole number'), ('attributes', attributes, 'an object'),
            ('canonicalTitle', fields.canonicaltitle, 'a text'), ('startDate', fields.startdate, 'a date'),
            ('userCount', fields.usercount, 'a whole number'), ('ageRating', fields.agerating, 'G/PG/R/R18'),
            ('updatedAt', fields.updatedat, 'a time'), ('type', resource -> '$.type', 'anime'),
            ('titles', fields.titles, 'an object'), ('endDate', fields.enddate, 'a date'),
            ('synopsis', if(json_type(fields.synopsis) = 'VARCHAR', null, fields.synopsis), 'a text')
        ], lambda item: struct_pack(
            name := item[1], json := item[2], wanted := item[3], text := item[2] ->> '$',
            type := json_type(item[2]), types := json_type(item[2], '$[*]')
        )), lambda item: item.type <> 'NULL' and not coalesce(case item.wanted
            when 'a text' then item.type = 'VARCHAR'
            when 'an object' then item.type = 'OBJECT'
            when 'a list of texts' then item.type = 'ARRAY' and list_has_all(['VARCHAR', 'NULL'], item.types)
            when 'a positive whole number' then regexp_full_match(item.text, '[1-9][0-9]{0,17}')
            when 'a whole number' then regexp_full_match(item.text, '[0-9]{1,9}([.]0+)?')
            when 'a number from 0 to 100' then try_cast(item.text as double) between 0 and 100
            when 'a time' then try_cast(item.text as timestamptz) is not null
            when 'a date' then year(try_cast(rpad(item.text, 10, '-01-01') as date)) between 1900 and 2099
            else list_contains(string_split(item.wanted, '/'), item.text)
        end, false))[1] as fault
    from lines
)

select
    'kitsu' as source,
    id ->> '$' as record_id,
    record_id as source_id,
    nullif(try_cast(fields.averagerating as double), 0) as mean_score,
    list_sum(try_cast(fields.ratingfrequencies -> '$.*' as bigint[]))::bigint as scored_by,
    try_cast(fields.usercount as bigint) as popularity,
    try_cast(fields.favoritescount as bigint) as favourites,
    fields,
    included,
    captured_at,
    payload_path,
    payload_line,
    case
        when document is null then 'the line is not a JSON object: "' || payload || '"'
        when coalesce(json_type(id), 'NULL') = 'NULL' then 'id is missing'
        when fault is not null then concat(fault.name, ' is ', fault.json[:80], ', expected ', fault.wanted)
        when payload_line < max(payload_line) over (partition by payload_path, record_id, fault is null)
            then 'duplicate: id ' || record_id || ' comes again further down in this file'
    end as rejection_reason
from checked
