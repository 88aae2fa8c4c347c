/*
The newest sound record that Jikan gave of each anime of MyAnimeList (by captured_at, then landed file), in
the words and units of stg_myanimelist__anime. What Jikan does not state is null.

grain: one anime on MyAnimeList
keys: source_id
columns:
    source: myanimelist
    source_id: MyAnimeList id
    mean_score: 0-100
    scored_by: users who scored it
    popularity: users who have it on a list
    favourites: users who made it a favourite
    captured_at: when the payload was taken from Jikan
    payload_path: landed file
    payload_line: line in that file
    payload_item: place of the record in the response on that line; null for a recording
    title_romaji: default title, which MyAnimeList writes in Latin letters
    title_english: English title
    title_native: Japanese title
    title_canonical: the main title, the same as title_romaji
    synonyms: other titles, sorted
    format: TV, MOVIE, OVA, ONA, SPECIAL (also for TV Special), MUSIC, PROMO (for CM and PV) or UNKNOWN
    status: FINISHED, AIRING, UPCOMING; null where not stated
    source_material: what it is based on, e.g. MANGA (also for 4-koma, web and digital manga)
    episodes: number of episodes; null where unknown (also 0)
    duration_minutes: minutes per episode, read from texts like 1 hr 42 min; null where unknown
    started: as exactly as stated, e.g. 2014-10-04, 2014-10, 2014 FALL (only where no month is given) or 2014
    ended: as exactly as stated, e.g. 2014-12-20, 2014-12 or 2014
    synopsis: verbatim
    genres: as MyAnimeList spells them (genres, explicit genres, themes and demographics), sorted
    is_adult: rated Rx or of the genre Hentai; null where nothing is said
    studios: sorted
    site_url: its page on MyAnimeList
*/
with newest as (
    select
        *,
        list_filter(json_transform(
            fields.titles, '[{"type": "VARCHAR", "title": "VARCHAR"}]'
        ), lambda one: trim(one.title) <> '') as titles,
        json_transform(fields.aired -> '$.prop', '{"from": {"year": "INT", "month": "INT", "day": "INT"},
            "to": {"year": "INT", "month": "INT", "day": "INT"}}') as aired,
        upper(replace(fields.source ->> '$', ' ', '_')) as material
    from staging.stg_jikan__anime_records
    qualify row_number() over (partition by source_id order by captured_at desc, payload_path desc) = 1
)

select
    * exclude (fields, titles, aired, material),
    trim(coalesce(nullif(trim(fields.title ->> '$'), ''), [t.title for t in titles if t.type = 'Default'][1]))
        as title_romaji,
    trim(coalesce(
        nullif(trim(fields.title_english ->> '$'), ''), [t.title for t in titles if t.type = 'English'][1]
    )) as title_english,
    trim(coalesce(
        nullif(trim(fields.title_japanese ->> '$'), ''), [t.title for t in titles if t.type = 'Japanese'][1]
    )) as title_native,
    title_romaji as title_canonical,
    list_sort(list_distinct(list_concat(fields.title_synonyms ->> '$[*]', [
        t.title for t in titles if coalesce(t.type, '') not in ('Default', 'English', 'Japanese')
    ]))) as synonyms,
    if((fields.type ->> '$') in ('CM', 'PV'), 'PROMO', coalesce(upper(
        replace(fields.type ->> '$', 'TV Special', 'Special')
    ), 'UNKNOWN')) as format,
    case fields.status ->> '$'
        when 'Finished Airing' then 'FINISHED'
        when 'Currently Airing' then 'AIRING'
        when 'Not yet aired' then 'UPCOMING'
    end as status,
    if(material like '%MANGA', 'MANGA', replace(
        replace(material, 'CARD_GAME', 'GAME'), 'MIXED_MEDIA', 'MULTIMEDIA_PROJECT'
    )) as source_material,
    nullif(fields.episodes::int, 0) as episodes,
    nullif(round(list_sum([
        try_cast(regexp_extract(fields.duration ->> '$', '([0-9]+) ' || unit[1], 1) as integer) * unit[2]
        for unit in [('hr', 60), ('min', 1), ('sec', 1 / 60)]
    ]), 2), 0) as duration_minutes,
    coalesce(
        strftime(make_date(aired['from'].year, aired['from'].month, aired['from'].day), '%Y-%m-%d'),
        strftime(make_date(aired['from'].year, aired['from'].month, 1), '%Y-%m'),
        coalesce(aired['from'].year, fields.year::int) || coalesce(' ' || upper(fields.season ->> '$'), '')
    ) as started,
    coalesce(
        strftime(make_date(aired['to'].year, aired['to'].month, aired['to'].day), '%Y-%m-%d'),
        strftime(make_date(aired['to'].year, aired['to'].month, 1), '%Y-%m'), aired['to'].year::varchar
    ) as ended,
    fields.synopsis ->> '$' as synopsis,
    list_sort(list_distinct(flatten([
        kind ->> '$[*].name'
        for kind in [fields.genres, fields.explicit_genres, fields.themes, fields.demographics]
    ]))) as genres,
    list_bool_or([
        (fields.rating ->> '$') like 'Rx%', nullif(list_contains(genres, 'Hentai'), false)
    ]) as is_adult,
    list_sort(list_distinct(fields.studios ->> '$[*].name')) as studios,
    'https://myanimelist.net/anime/' || source_id as site_url,
    source_id as record_id,
    null::varchar as rejection_reason
from newest
