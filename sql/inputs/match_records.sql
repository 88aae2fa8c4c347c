/*
What matching reads of each catalogue record: titles with the main one first (the source's own, else the next
that there is), and what else tells works apart.
*/
select
    int_anime_unioned.source,
    int_anime_unioned.source_id,
    list_filter(
        list_concat(
            [
                int_anime_unioned.title_canonical,
                int_anime_unioned.title_romaji,
                int_anime_unioned.title_english,
                int_anime_unioned.title_native
            ],
            int_anime_unioned.synonyms
        ),
        lambda title: title <> ''
    ) as titles,
    list_filter([int_anime_unioned.title_native], lambda title: title <> '') as native_titles,
    list_filter(
        int_anime_unioned.synonyms,
        lambda synonym: not list_contains(
            [
                int_anime_unioned.title_canonical,
                int_anime_unioned.title_romaji,
                int_anime_unioned.title_english,
                int_anime_unioned.title_native
            ],
            synonym
        )
    ) as synonyms,
    int_anime_unioned.slug,
    int_anime_unioned.format,
    int_anime_unioned.episodes,
    int_anime_unioned.duration_minutes,
    int_anime_unioned.start_year,
    int_anime_unioned.start_date,
    int_anime_unioned.start_date_precision,
    int_anime_unioned.season,
    coalesce(int_anime_unioned.status in ('FINISHED', 'AIRING', 'HIATUS'), false) as has_begun,
    coalesce(int_anime_unioned.studios, []) as studios,
    int_anime_unioned.source_material,
    int_anime_unioned.claimed_myanimelist_id,
    int_anime_unioned.claimed_anilist_id,
    coalesce(int_anime_unioned.relations, []) as related,
    int_anime_unioned.popularity
from intermediate.int_anime_unioned
order by int_anime_unioned.source, int_anime_unioned.source_id
