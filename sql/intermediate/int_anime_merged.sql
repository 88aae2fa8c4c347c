/*
The records of each anime folded into one row. For each field the first source that states it wins, in the
order AniList (edited most), MyAnimeList (most complete), Kitsu; for the synopsis AniList comes last, whose
texts hold HTML. The start date is the most precise one, ties by the same order. Two records of one source in
one anime (only a person's override can do that) count by their ids, the smaller first.

grain: one anime that is in a catalogue
keys: anime_key
columns:
    anime_key: lasting id of the anime
    title_romaji: first stated, see above
    title_english: first stated
    title_native: first stated
    title_canonical: first stated
    titles: every title of every record, sorted
    format: first stated, UNKNOWN only where no source knows
    status: first stated
    source_material: first stated
    episodes: first stated
    duration_minutes: first stated
    started: the most precise date with its precision, year and season
    end_date: first stated
    is_adult: true if any source says so
    synopsis: first stated, AniList last
    mean_score: mean of the sources' scores, 0-100
    popularity: largest number of users among the sources
    favourites: largest number among the sources
    source_count: sources that hold it
    match_confidence: least confidence among its records
    title: best for display: English, else romaji, else what the source shows, else native
    synonyms: every other title, sorted
*/
with records as (
    select
        identities.anime_key,
        identities.confidence,
        row_number() over (
            partition by identities.anime_key
            order by
                list_position(['anilist', 'myanimelist', 'kitsu'], records.source),
                len(records.source_id),
                records.source_id
        ) as place,
        list_position(['day', 'month', 'season', 'year'], records.start_date_precision) as vagueness,
        records.* exclude (synopsis, genres, tags, studios, relations),
        trim(records.synopsis) <> '' as has_synopsis
    from intermediate.int_anime_unioned as records
    inner join intermediate.int_anime_identities as identities using (source, source_id)
),

folded as (
    select
        anime_key,
        arg_min(title_romaji, place) filter (where title_romaji is not null) as title_romaji,
        arg_min(title_english, place) filter (where title_english is not null) as title_english,
        arg_min(title_native, place) filter (where title_native is not null) as title_native,
        arg_min(title_canonical, place) filter (where title_canonical is not null) as title_canonical,
        list_sort(list_distinct(flatten(list(
            list_concat([title_romaji, title_english, title_native, title_canonical], synonyms)
        )))) as titles,
        coalesce(arg_min(format, place) filter (where format <> 'UNKNOWN'), 'UNKNOWN') as format,
        arg_min(status, place) filter (where status is not null) as status,
        arg_min(source_material, place) filter (where source_material is not null) as source_material,
        arg_min(episodes, place) filter (where episodes is not null) as episodes,
        arg_min(duration_minutes, place) filter (where duration_minutes is not null) as duration_minutes,
        arg_min(
            struct_pack(
                first_day := start_date,
                exactness := start_date_precision,
                start_year := start_year,
                season := season
            ),
            (vagueness, place)
        ) filter (where start_date is not null) as started,
        arg_min(end_date, place) filter (where end_date is not null) as end_date,
        coalesce(bool_or(is_adult), false) as is_adult,
        arg_min((source, source_id), (source = 'anilist', place)) filter (where has_synopsis) as synopsis_of,
        round(avg(mean_score), 6) as mean_score,
        max(popularity) as popularity,
        max(favourites) as favourites,
        count(distinct source)::integer as source_count,
        min(confidence) as match_confidence
    from records
    group by anime_key
)

select
    folded.* exclude (synopsis_of),
    described.synopsis,
    coalesce(folded.title_english, folded.title_romaji, folded.title_canonical, folded.title_native) as title,
    list_filter(
        folded.titles,
        lambda other: not list_contains(
            [title, folded.title_english, folded.title_romaji, folded.title_native], other
        )
    ) as synonyms
from folded
left join intermediate.int_anime_unioned as described
    on (described.source, described.source_id) = folded.synopsis_of
