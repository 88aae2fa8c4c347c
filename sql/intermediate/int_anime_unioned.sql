/*
Every sound catalogue record of every source, newest version, in one shape. A source enters the catalogue by
its line here. Lists are never null and hold no blank names. What Jikan tells are MyAnimeList's records too:
it counts for the ids of which MyAnimeList's own API has told nothing sound.

grain: one record of one source
keys: source, source_id
columns:
    source: anilist, kitsu or myanimelist
    source_id: the source's own id
    title_romaji: title in Latin letters
    title_english: English title
    title_native: title in the original script
    title_canonical: the title the source itself shows
    synonyms: other titles, any language
    slug: the source's readable address of the title
    format: TV, MOVIE, OVA, ONA, SPECIAL, MUSIC, PROMO or UNKNOWN
    status: FINISHED, AIRING, UPCOMING, CANCELLED, HIATUS; null where not stated
    source_material: what it is based on
    episodes: number of episodes; null where unknown
    duration_minutes: minutes per episode; null where unknown
    started: start as exactly as stated, e.g. 2014-10-04, 2014-10, 2014 FALL or 2014
    start_date: first day of the stated day, month, season or year
    start_date_precision: day, month, season or year
    start_year: calendar year of start_date
    season: WINTER (December to February, as AniList and Kitsu count), SPRING, SUMMER or FALL; null where only
        the year is known; a December start stays in its own calendar year
    ended: end as exactly as stated, e.g. 2014-12-20, 2014-12 or 2014
    end_date: last day of the stated day, month or year
    is_adult: whether the source marks it as adult; null where it says nothing
    synopsis: what it is about, verbatim
    mean_score: 0-100
    scored_by: users who scored it
    popularity: users who have it on a list
    favourites: users who made it a favourite
    genres: as the source spells them
    tags: name, weight 0-1, is_spoiler
    studios: animation studios as the source spells them
    relations: related records of the same source and in what way
    claimed_myanimelist_id: the MyAnimeList id the source names: a claim, not a fact
    claimed_anilist_id: the AniList id the source names: a claim, not a fact
    site_url: its page at the source
    record_updated_at: when the source last changed it
    captured_at: when the payload was taken from the source
    payload_path: landed file
    payload_line: line in that file
    payload_item: place of the record in the response on that line; null for a recording
*/
with stated as (
    select * from staging.stg_anilist__anime
    union all by name
    select * from staging.stg_kitsu__anime
    union all by name
    select * from staging.stg_myanimelist__anime
    union all by name
    select * from staging.stg_jikan__anime anti join staging.stg_myanimelist__anime using (source_id)
),

dated as (
    select
        *,
        case
            when started like '____-__-__' then 'day'
            when started like '____-__' then 'month'
            when started like '____ %' then 'season'
            when started is not null then 'year'
        end as start_date_precision,
        case start_date_precision
            when 'day' then started::date
            when 'month' then (started || '-01')::date
            when 'season'
                then make_date(
                    left(started, 4)::integer,
                    list_position(['WINTER', 'SPRING', 'SUMMER', 'FALL'], started[6:]) * 3 - 2,
                    1
                )
            when 'year' then make_date(started::integer, 1, 1)
        end as start_date,
        case
            when ended like '____-__-__' then ended::date
            when ended like '____-__' then last_day((ended || '-01')::date)
            when ended is not null then make_date(ended::integer, 12, 31)
        end as end_date
    from stated
)

select
    * replace (
        list_filter(coalesce(synonyms, []), lambda title: trim(title) <> '') as synonyms,
        list_filter(coalesce(genres, []), lambda genre: trim(genre) <> '') as genres,
        list_filter(coalesce(tags, []), lambda tag: trim(tag.name) <> '') as tags,
        list_filter(coalesce(studios, []), lambda studio: trim(studio) <> '') as studios,
        list_filter(coalesce(relations, []), lambda relation: relation.source_id <> '') as relations
    ),
    year(start_date) as start_year,
    case
        when start_date_precision <> 'year'
            then ['WINTER', 'SPRING', 'SUMMER', 'FALL'][1 + month(start_date) % 12 // 3]
    end as season
from dated
