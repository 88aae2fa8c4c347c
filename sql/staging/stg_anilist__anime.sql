/*
The newest sound AniList record of each anime (by captured_at, then landed file) in the project's
own words and units. What AniList does not state is null.

grain: one anime on AniList
keys: source_id
columns:
    source: anilist
    source_id: AniList id
    mean_score: 0-100
    scored_by: users who scored it
    popularity: users who have it on a list
    favourites: users who made it a favourite
    captured_at: when the payload was taken from AniList
    payload_path: landed file
    payload_line: line in that file
    payload_item: place of the record in the response on that line; null for a recording
    title_romaji: title in Latin letters
    title_english: English title
    title_native: title in the original script
    title_canonical: the main title, romaji, else English, else native
    synonyms: other titles, sorted
    format: TV (also for TV_SHORT), MOVIE, OVA, ONA, SPECIAL, MUSIC or UNKNOWN
    status: FINISHED, AIRING, UPCOMING, CANCELLED, HIATUS; null where not stated
    source_material: what it is based on, e.g. MANGA or GAME (also for VIDEO_GAME)
    episodes: number of episodes; null where unknown (also 0)
    duration_minutes: minutes per episode; null where unknown (also 0)
    started: as exactly as stated, e.g. 2014-10-04, 2014-10, 2014 FALL (only where no month is given) or 2014
    ended: as exactly as stated, e.g. 2014-12-20, 2014-12 or 2014
    synopsis: description, verbatim
    genres: as AniList spells them, sorted
    is_adult: marked as adult, or of the genre Hentai; null where nothing is said
    tags: name, weight 0-1 (rank / 100, null where not stated), is_spoiler
    studios: main studios and those not said to be main or not, sorted
    relations: related anime on AniList and in what way, e.g. SEQUEL
    claimed_myanimelist_id: the MyAnimeList id that AniList names, a claim to be checked
    site_url: its page on AniList
    record_updated_at: when AniList last changed it
*/
with newest as (
    select
        *,
        json_transform(fields.startdate, '{"year": "INT", "month": "INT", "day": "INT"}') as first_day,
        json_transform(fields.enddate, '{"year": "INT", "month": "INT", "day": "INT"}') as last_day
    from staging.stg_anilist__anime_records
    qualify row_number() over (partition by source_id order by captured_at desc, payload_path desc) = 1
)

select
    * exclude (fields, first_day, last_day),
    nullif(trim(fields.title ->> '$.romaji'), '') as title_romaji,
    nullif(trim(fields.title ->> '$.english'), '') as title_english,
    nullif(trim(fields.title ->> '$.native'), '') as title_native,
    coalesce(title_romaji, title_english, title_native) as title_canonical,
    list_sort(list_distinct(fields.synonyms::varchar[])) as synonyms,
    coalesce(replace(fields.format ->> '$', 'TV_SHORT', 'TV'), 'UNKNOWN') as format,
    replace(replace(fields.status ->> '$', 'RELEASING', 'AIRING'), 'NOT_YET_RELEASED', 'UPCOMING') as status,
    replace(fields.source ->> '$', 'VIDEO_GAME', 'GAME') as source_material,
    nullif(fields.episodes::int, 0) as episodes,
    nullif(fields.duration::double, 0) as duration_minutes,
    coalesce(
        strftime(make_date(first_day.year, first_day.month, first_day.day), '%Y-%m-%d'),
        strftime(make_date(first_day.year, first_day.month, 1), '%Y-%m'),
        coalesce(fields.seasonyear::int, first_day.year) || ' ' || (fields.season ->> '$'),
        coalesce(first_day.year, fields.seasonyear::int)::varchar
    ) as started,
    coalesce(
        strftime(make_date(last_day.year, last_day.month, last_day.day), '%Y-%m-%d'),
        strftime(make_date(last_day.year, last_day.month, 1), '%Y-%m'),
        last_day.year::varchar
    ) as ended,
    fields.description ->> '$' as synopsis,
    list_sort(list_distinct(fields.genres::varchar[])) as genres,
    fields.isadult::boolean or coalesce(list_contains(genres, 'Hentai'), false) as is_adult,
    [
        struct_pack(
            name := tag.name, weight := tag.rank / 100,
            is_spoiler := coalesce(tag.isgeneralspoiler, false) or coalesce(tag.ismediaspoiler, false)
        ) for tag in json_transform(fields.tags, '[{
            "name": "VARCHAR", "rank": "DOUBLE", "isGeneralSpoiler": "BOOLEAN", "isMediaSpoiler": "BOOLEAN"
        }]') if tag.name is not null
    ] as tags,
    list_sort(list_distinct(list_concat(fields.studios ->> '$.nodes[*].name', [
        edge.node.name for edge in json_transform(
            fields.studios -> '$.edges', '[{"isMain": "BOOLEAN", "node": {"name": "VARCHAR"}}]'
        ) if coalesce(edge.ismain, true)
    ]))) as studios,
    [
        struct_pack(source_id := edge.node.id, relation_type := edge.relationtype) for edge in json_transform(
            fields.relations -> '$.edges',
            '[{"relationType": "VARCHAR", "node": {"id": "VARCHAR", "type": "VARCHAR"}}]'
        ) if edge.node.id is not null and coalesce(edge.node.type, 'ANIME') = 'ANIME'
    ] as relations,
    fields.idmal ->> '$' as claimed_myanimelist_id,
    coalesce(fields.siteurl ->> '$', 'https://anilist.co/anime/' || source_id) as site_url,
    try(to_timestamp(fields.updatedat::bigint)) as record_updated_at,
    source_id as record_id,
    null::varchar as rejection_reason
from newest
