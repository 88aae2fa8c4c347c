/*
Kitsu anime resources as landed (bare, or as {"data": {...}, "included": [...]}), checked like
stg_anilist__anime_records: faulty ones go to quarantine, of an id the last sound one in a file counts.

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
    payload_item: place of the record in the response on that line; null for a recording
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
        list_filter([
            -- name, what it is, what it must be; a long text only where it is wrong, to copy less
            ('id', id, 'a positive whole number'), ('episodeLength', fields.episodelength, 'a whole number'),
            ('titles', if(
                payload_item > 0, coalesce(nullif(fields.titles, 'null'), '"(missing)"'), fields.titles
            ), 'an object'),
            ('status', fields.status, 'current/ongoing/finished/tba/unreleased/upcoming'),
            ('abbreviatedTitles', fields.abbreviatedtitles, 'a list of texts'),
            ('averageRating', fields.averagerating, 'a number from 0 to 100'),
            ('subtype', fields.subtype, 'TV/movie/OVA/ONA/special/music'), ('included', included, 'a list'),
            ('ratingFrequencies', fields.ratingfrequencies, 'an object'), ('nsfw', fields.nsfw, 'true/false'),
            ('favoritesCount', fields.favoritescount, 'a whole number'), ('slug', fields.slug, 'a text'),
            ('episodeCount', fields.episodecount, 'a whole number'), ('type', resource -> '$.type', 'anime'),
            ('canonicalTitle', fields.canonicaltitle, 'a text'), ('startDate', fields.startdate, 'a date'),
            ('userCount', fields.usercount, 'a whole number'), ('ageRating', fields.agerating, 'G/PG/R/R18'),
            ('updatedAt', fields.updatedat, 'a time'), ('attributes', attributes, 'an object'),
            ('endDate', fields.enddate, 'a date'),
            ('synopsis', if(json_type(fields.synopsis) = 'VARCHAR', null, fields.synopsis), 'a text')
        ], lambda it: json_type(it[2]) <> 'NULL' and not coalesce(case it[3]
            when 'a text' then json_type(it[2]) = 'VARCHAR' when 'an object' then json_type(it[2]) = 'OBJECT'
            when 'true/false' then json_type(it[2]) = 'BOOLEAN' when 'a list' then json_type(it[2]) = 'ARRAY'
            when 'a list of texts' then json_structure(it[2])::varchar in ('["VARCHAR"]', '["NULL"]')
            when 'a positive whole number' then regexp_full_match(it[2] ->> '$', '[1-9][0-9]{0,17}')
            when 'a whole number' then regexp_full_match(it[2]::varchar, '[0-9]{1,9}([.]0+)?')
            when 'a number from 0 to 100' then try_cast(it[2] ->> '$' as double) between 0 and 100
            when 'a time' then try_cast(it[2] ->> '$' as timestamptz) is not null
            when 'a date' then year(try_cast(rpad(it[2] ->> '$', 10, '-01-01') as date)) between 1900 and 2099
            else list_contains(string_split(it[3], '/'), it[2] ->> '$')
        end, false))[1] as fault,
        row_number() over (
            partition by payload_path, id, fault is null order by payload_line desc, payload_item desc
        ) as place
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
    * exclude (payload, subject, document, resource, id, attributes, fault, place),
    case
        when document is null then 'the line is not a JSON object: "' || payload || '"'
        when coalesce(json_type(id), 'NULL') = 'NULL' then 'id is missing'
        when fault is not null then concat(fault[1], ' is ', fault[2][:80], ', expected ', fault[3])
        when place > 1 then 'duplicate: id ' || record_id || ' comes again further down in this file'
    end as rejection_reason
from checked
where place = 1 or payload_item is null or record_id is null
