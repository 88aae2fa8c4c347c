/*
What each source measured of each anime, day by day. The day is the one on which the record was taken from the
source, not that of the run; of several records of one day the last one counts. What Jikan tells are figures
of MyAnimeList.

grain: one anime at one source on one day
keys: anime_key, source, day
columns:
    anime_key: the anime
    source: who measured
    day: day of the record, UTC
    score: mean score, 0-100, as the source states it, also one that stands in for scores nobody knows (which
        dim_anime leaves out, and a check of int_filling_scores tells); null where none is stated
    scored_by: users who scored it
    popularity: users who have it on a list
    favourites: users who made it a favourite
*/
with records as (
    select
        source,
        source_id,
        mean_score,
        scored_by,
        popularity,
        favourites,
        captured_at,
        payload_path,
        payload_line
    from staging.stg_anilist__anime_records
    union all by name
    select
        source,
        source_id,
        mean_score,
        scored_by,
        popularity,
        favourites,
        captured_at,
        payload_path,
        payload_line
    from staging.stg_kitsu__anime_records
    union all by name
    select
        source,
        source_id,
        mean_score,
        scored_by,
        popularity,
        favourites,
        captured_at,
        payload_path,
        payload_line
    from staging.stg_myanimelist__anime_records
    union all by name
    select
        source,
        source_id,
        mean_score,
        scored_by,
        popularity,
        favourites,
        captured_at,
        payload_path,
        payload_line
    from staging.stg_jikan__anime_records
)

select
    int_anime_identities.anime_key,
    records.source,
    cast(records.captured_at as date) as day,
    records.mean_score as score,
    records.scored_by,
    records.popularity,
    records.favourites
from records
inner join intermediate.int_anime_identities
    on
        records.source = int_anime_identities.source
        and records.source_id = int_anime_identities.source_id
qualify row_number() over (
    partition by int_anime_identities.anime_key, records.source, cast(records.captured_at as date)
    order by records.captured_at desc, records.payload_path desc, records.payload_line desc
) = 1
