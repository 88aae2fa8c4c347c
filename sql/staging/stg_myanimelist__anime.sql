/*
The newest sound MyAnimeList record of each anime (by captured_at, then landed file) in the project's own
words and units; relations are of the newest record that has the field. What is not stated is null.

grain: one anime on MyAnimeList
keys: source_id
columns:
    source: myanimelist
    source_id: MyAnimeList id
    mean_score: 0-100
    scored_by: users who scored it
    popularity: users who have it on a list
    favourites: users who made it a favourite
    captured_at: when the payload was taken from MyAnimeList
    payload_path: landed file
    payload_line: line in that file
    payload_item: place of the record in the response on that line; null for a recording
    title_romaji: title, which MyAnimeList writes in Latin letters
    title_english: English title
    title_native: Japanese title
    title_canonical: the main title, the same as title_romaji
    synonyms: other titles, sorted
    format: TV, MOVIE, OVA, ONA, SPECIAL (also for tv_special), MUSIC, PROMO (for cm and pv) or UNKNOWN
    status: FINISHED, AIRING, UPCOMING; null where not stated
    source_material: what it is based on, e.g. MANGA (also for 4_koma_manga, web_manga, digital_manga)
    episodes: number of episodes; null where unknown (also 0)
    duration_minutes: minutes per episode; null where unknown (also 0)
    started: as exactly as stated, e.g. 2014-10-04, 2014-10, 2014 FALL (only where no month is given) or 2014
    ended: as exactly as stated, e.g. 2014-12-20, 2014-12 or 2014
    synopsis: verbatim
    genres: as MyAnimeList spells them (genres, themes and demographics), sorted
    is_adult: nsfw black, rated rx or of the genre Hentai; null where nothing is said
    studios: sorted
    relations: related anime on MyAnimeList and in what way, e.g. SEQUEL; lists leave them out, details do not
    site_url: its page on MyAnimeList
    record_updated_at: when MyAnimeList last changed it
*/
with newest as (
    select
        *,
        arg_max(fields.related_anime, (captured_at, payload_path)) over (partition by source_id) as related
    from staging.stg_myanimelist__anime_records
    qualify row_number() over (partition by source_id order by captured_at desc, payload_path desc) = 1
)

select
    * exclude (fields, related),
    nullif(trim(fields.title ->> '$'), '') as title_romaji,
    nullif(trim(fields.alternative_titles ->> '$.en'), '') as title_english,
    nullif(trim(fields.alternative_titles ->> '$.ja'), '') as title_native,
    title_romaji as title_canonical,
    list_sort(list_distinct(fields.alternative_titles ->> '$.synonyms[*]')) as synonyms,
    case fields.media_type ->> '$'
        when 'tv_special' then 'SPECIAL'
        when 'cm' then 'PROMO'
        when 'pv' then 'PROMO'
        else coalesce(upper(fields.media_type ->> '$'), 'UNKNOWN')
    end as format,
    case fields.status ->> '$'
        when 'finished_airing' then 'FINISHED'
        when 'currently_airing' then 'AIRING'
        when 'not_yet_aired' then 'UPCOMING'
    end as status,
    case
        when (fields.source ->> '$') like '%manga' then 'MANGA'
        when (fields.source ->> '$') = 'card_game' then 'GAME'
        when (fields.source ->> '$') = 'mixed_media' then 'MULTIMEDIA_PROJECT'
        else upper(fields.source ->> '$')
    end as source_material,
    nullif(fields.num_episodes::int, 0) as episodes,
    nullif(round(fields.average_episode_duration::double / 60, 2), 0) as duration_minutes,
    case
        when len(fields.start_date ->> '$') > 4 then fields.start_date ->> '$'
        else coalesce(
            (fields.start_season ->> '$.year') || ' ' || upper(fields.start_season ->> '$.season'),
            fields.start_date ->> '$',
            fields.start_season ->> '$.year'
        )
    end as started,
    fields.end_date ->> '$' as ended,
    fields.synopsis ->> '$' as synopsis,
    list_sort(list_distinct(fields.genres ->> '$[*].name')) as genres,
    list_bool_or([
        (fields.nsfw ->> '$') = 'black',
        (fields.rating ->> '$') = 'rx',
        nullif(list_contains(genres, 'Hentai'), false)
    ]) as is_adult,
    list_sort(list_distinct(fields.studios ->> '$[*].name')) as studios,
    [
        struct_pack(
            source_id := relation.node.id,
            relation_type := regexp_replace(upper(relation.relation_type), '^(ALTERNATIVE|PARENT)_.*', '\1')
        ) for relation in json_transform(related, '[{"node": {"id": "VARCHAR"}, "relation_type": "VARCHAR"}]')
        if relation.node.id is not null
    ] as relations,
    'https://myanimelist.net/anime/' || source_id as site_url,
    (fields.updated_at ->> '$')::timestamptz as record_updated_at,
    source_id as record_id,
    null::varchar as rejection_reason
from newest
