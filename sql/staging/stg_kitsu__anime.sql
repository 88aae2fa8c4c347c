/*
The newest sound Kitsu record of each anime (by captured_at, then landed file) in the project's own
words and units. Kitsu writes full dates even where only the month, season or year is known. So: in a file of
20 or more dates, 9 in 10 of them the first of January, April, July or October, these tell the season;
otherwise 1 January tells the year, another first of a month the month, and any other date the day.

grain: one anime on Kitsu
keys: source_id
columns:
    source: kitsu
    source_id: Kitsu id
    mean_score: 0-100, on Kitsu's compressed scale
    scored_by: users who scored it
    popularity: users who have it on a list
    favourites: users who made it a favourite
    captured_at: when the payload was taken from Kitsu
    payload_path: landed file
    payload_line: line in that file
    payload_item: place of the record in the response on that line; null for a recording
    genres: included genres, sorted
    tags: included categories as name, weight (null) and is_spoiler
    studios: included studios, sorted
    relations: included relationships to anime on Kitsu
    claimed_myanimelist_id: MyAnimeList id by an included mapping, a claim to be checked
    claimed_anilist_id: AniList id by an included mapping, a claim to be checked
    title_romaji: title in Latin letters
    title_english: English title
    title_native: title in the original script
    title_canonical: Kitsu's main title, romaji or English
    synonyms: all other titles and short forms, sorted
    slug: the title as it stands in Kitsu's addresses
    format: TV, MOVIE, OVA, ONA, SPECIAL, MUSIC or UNKNOWN
    status: FINISHED, AIRING (current, ongoing), UPCOMING (upcoming, unreleased, tba); null where not stated
    episodes: number of episodes; null where unknown (also 0)
    duration_minutes: minutes per episode; null where unknown (also 0)
    started: e.g. 2014-10-04, 2014-10, 2014 FALL or 2014, as far as the date can be trusted
    ended: e.g. 2014-12-20, 2014-12 or 2014, as far as the date can be trusted
    is_adult: rated R18 or nsfw; null where neither is stated
    synopsis: verbatim
    site_url: its page on Kitsu
    record_updated_at: when Kitsu last changed it
*/
with seasonal_files as (
    select payload_path
    from staging.stg_kitsu__anime_records
    group by payload_path
    having
        count(fields.startdate) >= 20
        and count(*) filter (where regexp_matches(fields.startdate ->> '$', '-(01|04|07|10)-01$'))
        >= 0.9 * count(fields.startdate)
),

newest as (
    select
        records.*,
        extras.* exclude (source_id, payload_path, payload_line, payload_item),
        records.fields.startdate ->> '$' as first_day,
        case
            when records.payload_path in (select seasonal_files.payload_path from seasonal_files)
                then list_position(['01-01', '04-01', '07-01', '10-01'], first_day[6:])
        end as quarter
    from staging.stg_kitsu__anime_records as records
    left join staging.stg_kitsu__anime_included as extras using (source_id, payload_path)
    qualify row_number() over (partition by source_id order by captured_at desc, payload_path desc) = 1
)

select
    * exclude (fields, included, first_day, quarter),
    [trim(one) for one in (fields.titles ->> ['$.en_jp', '$.en_cn']) if trim(one) <> ''][1] as title_romaji,
    [trim(one) for one in (fields.titles ->> ['$.en', '$.en_us']) if trim(one) <> ''][1] as title_english,
    [trim(one) for one in (fields.titles ->> ['$.ja_jp', '$.zh_cn']) if trim(one) <> ''][1] as title_native,
    nullif(trim(fields.canonicaltitle ->> '$'), '') as title_canonical,
    list_sort(
        list_distinct(list_concat(fields.titles ->> '$.*', fields.abbreviatedtitles ->> '$[*]'))
    ) as synonyms,
    fields.slug ->> '$' as slug,
    coalesce(upper(fields.subtype ->> '$'), 'UNKNOWN') as format,
    case
        when (fields.status ->> '$') = 'finished' then 'FINISHED'
        when (fields.status ->> '$') in ('current', 'ongoing') then 'AIRING'
        when (fields.status ->> '$') in ('upcoming', 'unreleased', 'tba') then 'UPCOMING'
    end as status,
    nullif(fields.episodecount::int, 0) as episodes,
    nullif(fields.episodelength::double, 0) as duration_minutes,
    case
        when quarter > 0 then left(first_day, 4) || ' ' || ['WINTER', 'SPRING', 'SUMMER', 'FALL'][quarter]
        when first_day like '%-01-01' then left(first_day, 4)
        when first_day like '%-01' then left(first_day, 7)
        else first_day
    end as started,
    regexp_replace(fields.enddate ->> '$', '(-01)?-01$', '') as ended,
    list_bool_or([(fields.agerating ->> '$') = 'R18', fields.nsfw::boolean]) as is_adult,
    fields.synopsis ->> '$' as synopsis,
    'https://kitsu.app/anime/' || coalesce(slug, source_id) as site_url,
    (fields.updatedat ->> '$')::timestamptz as record_updated_at,
    source_id as record_id,
    null::varchar as rejection_reason
from newest
