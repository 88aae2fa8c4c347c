/*
Jikan's anime objects as landed, checked like stg_anilist__anime_records: faulty ones go to quarantine, of an
id the last sound one in a file counts. Jikan repeats MyAnimeList's pages, so the records are MyAnimeList's.

grain: one anime in one landed file
keys: source_id, payload_path
columns:
    source: myanimelist
    source_id: MyAnimeList id
    mean_score: score times 10, 0-100 (0 means no score and becomes null)
    scored_by: users who scored it
    popularity: users who have it on a list (members; what Jikan calls popularity is a rank)
    favourites: users who made it a favourite
    fields: what stg_jikan__anime reads, each field as Jikan wrote it (JSON)
    captured_at: when the payload was taken from Jikan
    payload_path: landed file
    payload_line: line in that file
    payload_item: place of the record in the response on that line; null for a recording
*/
with lines as (
    select
        * replace (left(payload, 80) as payload),
        json_transform(
            case when json_type(try_cast(payload as json)) = 'OBJECT' then payload end,
            '{"mal_id": "JSON", "titles": "JSON", "title": "JSON", "title_english": "JSON", "type": "JSON",
              "title_japanese": "JSON", "title_synonyms": "JSON", "source": "JSON", "episodes": "JSON",
              "status": "JSON", "aired": "JSON", "duration": "JSON", "rating": "JSON", "score": "JSON",
              "scored_by": "JSON", "members": "JSON", "favorites": "JSON", "synopsis": "JSON",
              "season": "JSON", "year": "JSON", "studios": "JSON", "genres": "JSON", "themes": "JSON",
              "explicit_genres": "JSON", "demographics": "JSON"}'
        ) as fields
    from raw.raw_jikan__anime
),

checked as (
    select
        *,
        list_filter([
            -- name, what it is, what it must be; a long text only where it is wrong, to copy less
            ('type', fields.type, 'TV/Movie/OVA/ONA/Special/TV Special/Music/CM/PV/Unknown'),
            ('title', coalesce(
                nullif(fields.title, 'null'), fields.titles -> '$[0].title',
                if(payload_item > 0, '["(missing)"]', null)
            ), 'a text'),
            ('status', fields.status, 'Finished Airing/Currently Airing/Not yet aired'),
            ('aired.from', fields.aired -> '$.prop.from', 'a {year, month, day}'),
            ('aired.to', fields.aired -> '$.prop.to', 'a {year, month, day}'),
            ('explicit_genres', fields.explicit_genres, 'a list of objects'), ('year', fields.year, 'a year'),
            ('title_synonyms', fields.title_synonyms, 'a list of texts'), ('source', fields.source, 'a text'),
            ('demographics', fields.demographics, 'a list of objects'), ('aired', fields.aired, 'an object'),
            ('season', fields.season, 'winter/spring/summer/fall'), ('duration', fields.duration, 'a length'),
            ('mal_id', fields.mal_id, 'a positive whole number'),
            ('title_japanese', fields.title_japanese, 'a text'),
            ('title_english', fields.title_english, 'a text'), ('genres', fields.genres, 'a list of objects'),
            ('scored_by', fields.scored_by, 'a whole number'), ('themes', fields.themes, 'a list of objects'),
            ('favorites', fields.favorites, 'a whole number'), ('titles', fields.titles, 'a list of objects'),
            ('rating', fields.rating, 'a rating like PG-13'), ('episodes', fields.episodes, 'a whole number'),
            ('score', fields.score, 'a number from 0 to 10'), ('members', fields.members, 'a whole number'),
            ('studios', fields.studios, 'a list of objects'),
            ('synopsis', if(json_type(fields.synopsis) = 'VARCHAR', null, fields.synopsis), 'a text')
        ], lambda it: json_type(it[2]) <> 'NULL' and not coalesce(case it[3]
            when 'a text' then json_type(it[2]) = 'VARCHAR' when 'an object' then json_type(it[2]) = 'OBJECT'
            when 'a list of texts' then json_structure(it[2])::varchar in ('["VARCHAR"]', '["NULL"]')
            when 'a list of objects' then json_structure(it[2])::varchar similar to '.([{].*|"NULL".)'
            when 'a positive whole number' then regexp_full_match(it[2]::varchar, '[1-9][0-9]{0,17}')
            when 'a whole number' then regexp_full_match(it[2]::varchar, '[0-9]{1,9}([.]0+)?')
            when 'a year' then regexp_full_match(it[2]::varchar, '(19|20)[0-9]{2}')
            when 'a number from 0 to 10' then try_cast(it[2]::varchar as double) between 0 and 10
            when 'a rating like PG-13' then regexp_matches(it[2] ->> '$', '^(G|PG|PG-13|R[+x]?|None)( - |$)')
            when 'a length' then regexp_full_match(it[2] ->> '$', 'Unknown|([0-9]+ (hr|min|sec) ?)+(per ep)?')
            when 'a {year, month, day}'
                then json_type(it[2]) = 'OBJECT' and ((it[2] ->> 'year') is null or year(try_cast(concat_ws(
                    '-', it[2] ->> 'year', coalesce(it[2] ->> 'month', '1'), coalesce(it[2] ->> 'day', '1')
                ) as date)) between 1900 and 2099)
            else list_contains(string_split(it[3], '/'), it[2] ->> '$')
        end, false))[1] as fault,
        row_number() over (
            partition by payload_path, fields.mal_id, fault is null
            order by payload_line desc, payload_item desc
        ) as place
    from lines
)

select
    'myanimelist' as source,
    fields.mal_id ->> '$' as record_id,
    record_id as source_id,
    nullif(round(try_cast(fields.score as double) * 10, 2), 0) as mean_score,
    try_cast(fields.scored_by as bigint) as scored_by,
    try_cast(fields.members as bigint) as popularity,
    try_cast(fields.favorites as bigint) as favourites,
    * exclude (payload, subject, fault, place),
    case
        when fields is null then 'the line is not a JSON object: "' || payload || '"'
        when fields.mal_id is null then 'mal_id is missing'
        when fault is not null then concat(fault[1], ' is ', fault[2][:80], ', expected ', fault[3])
        when place > 1 then 'duplicate: id ' || record_id || ' comes again further down in this file'
    end as rejection_reason
from checked
where place = 1 or payload_item is null or record_id is null
