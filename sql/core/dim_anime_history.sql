/*
What each anime was like, and since when: a row for each period in which the catalogues said the same of it
(slowly changing dimension, type 2). Days are those on which records were taken from the sources, and on each
of them the rules of dim_anime decide over the records known by then, so that the current row is that of
dim_anime. All of it follows from what is landed and from who is who today: when keys merge, their histories
do too. Synopses, scores and counts of users are left out; fact_anime_metrics has the figures of each day.

grain: one anime in one period
keys: anime_key, version
columns:
    anime_key: the anime
    version: 1 is the oldest
    valid_from: first day of the period, UTC; null for a stub, of which no catalogue has told
    valid_to: first day of the next period; null = it lasts
    is_current: whether it lasts
    changed: the columns that differ from the version before; [] in version 1. start_date stands for its
        precision, year and season too
    title: best for display, as in dim_anime; null for a stub
    title_romaji: title in Latin letters
    title_english: English title
    title_native: title in the original script
    synonyms: every other title that a source knew, sorted
    format: TV, MOVIE, OVA, ONA, SPECIAL, MUSIC, PROMO or UNKNOWN
    status: FINISHED, AIRING, UPCOMING, CANCELLED, HIATUS; null where no source said
    source_material: what it is based on, e.g. MANGA
    episodes: number of episodes; null where unknown
    duration_minutes: minutes per episode; null where unknown
    start_date: first day of the winning statement
    start_date_precision: day, month, season or year
    start_year: calendar year of start_date
    season: WINTER (December to February), SPRING, SUMMER or FALL; null where only the year was known
    end_date: last day of the stated day, month or year, announced ones too; null where none was stated
    is_adult: whether any source marked it as adult
*/
with first_days as (
    select
        anime_key,
        min(day) as day
    from main.fact_anime_metrics
    group by anime_key
),

described as (
    select *
    from intermediate.int_anime_past
    union all by name
    -- Of what was captured on one day only, dim_anime is all there is to tell.
    select
        anime.* exclude (synopsis, mean_score, popularity, source_count, match_confidence),
        first_days.day
    from main.dim_anime as anime
    left join first_days using (anime_key)
    anti join intermediate.int_anime_past as past on anime.anime_key = past.anime_key
),

stated as (
    select
        *,
        [
            concat('title=', title), concat('title_romaji=', title_romaji),
            concat('title_english=', title_english), concat('title_native=', title_native),
            concat('synonyms=', synonyms::varchar), concat('format=', format), concat('status=', status),
            concat('source_material=', source_material), concat('episodes=', episodes),
            concat('duration_minutes=', duration_minutes),
            concat('start_date=', start_date, start_date_precision, season), concat('end_date=', end_date),
            concat('is_adult=', is_adult)
        ] as statements
    from described
),

periods as (
    select
        *,
        coalesce(lag(statements) over (partition by anime_key order by day), statements) as said_before,
        [split_part(one, '=', 1) for one in statements if not list_contains(said_before, one)] as changed
    from stated
    qualify changed <> [] or row_number() over (partition by anime_key order by day) = 1
)

select
    anime_key,
    row_number() over (partition by anime_key order by day) as version,
    day as valid_from,
    lead(day) over (partition by anime_key order by day) as valid_to,
    valid_to is null as is_current,
    changed,
    * exclude (anime_key, day, changed, statements, said_before)
from periods
