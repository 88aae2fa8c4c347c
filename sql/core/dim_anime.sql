/*
The anime there are: what the catalogues agree is one work, plus, without a title, the stubs of ids that only
ratings mention (they take part in training and are never recommended). Where sources differ, fact_anime_field
says whose value stands here, what the others say, and why.

grain: one canonical anime
keys: anime_key
columns:
    anime_key: lasting id of the anime
    title: best for display: English, else romaji, else what the source shows, else native; null for a stub
    title_romaji: title in Latin letters
    title_english: English title
    title_native: title in the original script
    synonyms: every other title that a source knows, sorted
    format: TV, MOVIE, OVA, ONA, SPECIAL, MUSIC, PROMO or UNKNOWN
    status: FINISHED, AIRING, UPCOMING, CANCELLED, HIATUS; null where no source says
    source_material: what it is based on, e.g. MANGA
    episodes: number of episodes; null where unknown
    duration_minutes: minutes per episode; null where unknown
    start_date: first day of the winning statement, which is the most exact one
    start_date_precision: day, month, season or year
    start_year: calendar year of start_date
    season: WINTER (December to February), SPRING, SUMMER or FALL; null where only the year is known
    end_date: last day of the stated day, month or year, announced ones too; null where none is stated
    is_adult: whether any source marks it as adult; false also where none says anything
    synopsis: what it is about, as the source wrote it
    mean_score: mean of the sources' scores, 0-100
    popularity: users who have it on a list at the largest source; for a stub, users here
    source_count: catalogues that hold it; 0 for a stub
    match_confidence: 0-1, the least confidence among its records
*/
with stubs as (
    select
        int_anime_identities.anime_key,
        count(int_ratings_unioned.user_id) as popularity
    from intermediate.int_anime_identities
    left join intermediate.int_ratings_unioned
        on
            int_anime_identities.source = int_ratings_unioned.source
            and int_anime_identities.source_id = int_ratings_unioned.source_id
    where int_anime_identities.match_method = 'rating_only'
    group by int_anime_identities.anime_key
)

select
    anime_key,
    merged.title,
    merged.title_romaji,
    merged.title_english,
    merged.title_native,
    coalesce(merged.synonyms, []) as synonyms,
    coalesce(merged.format, 'UNKNOWN') as format,
    merged.status,
    merged.source_material,
    merged.episodes,
    merged.duration_minutes,
    merged.started.first_day as start_date,
    merged.started.exactness as start_date_precision,
    merged.started.start_year as start_year,
    merged.started.season as season,
    merged.end_date,
    coalesce(merged.is_adult, false) as is_adult,
    merged.synopsis,
    merged.mean_score,
    coalesce(merged.popularity, stubs.popularity) as popularity,
    coalesce(merged.source_count, 0) as source_count,
    coalesce(merged.match_confidence, 1.0) as match_confidence
from intermediate.int_anime_merged as merged
full outer join stubs using (anime_key)
