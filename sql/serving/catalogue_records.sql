/*
The catalogue records of one anime ($anime_key), or the one record of that source and id; each as its source
states it, in the shape that matching reads, with the title of the anime it is for now.
*/
select
    dim_anime_record.source,
    dim_anime_record.source_id,
    dim_anime_record.anime_key,
    dim_anime.title as anime_title,
    dim_anime.format as anime_format,
    dim_anime.start_year as anime_start_year,
    list_filter(
        list_concat(
            [
                dim_anime_record.title_canonical,
                dim_anime_record.title_romaji,
                dim_anime_record.title_english,
                dim_anime_record.title_native
            ],
            dim_anime_record.synonyms
        ),
        lambda title: title <> ''
    ) as titles,
    list_filter([dim_anime_record.title_native], lambda title: title <> '') as native_titles,
    list_filter(
        dim_anime_record.synonyms,
        lambda synonym: not list_contains(
            [
                dim_anime_record.title_canonical,
                dim_anime_record.title_romaji,
                dim_anime_record.title_english,
                dim_anime_record.title_native
            ],
            synonym
        )
    ) as synonyms,
    dim_anime_record.slug,
    dim_anime_record.format,
    dim_anime_record.episodes,
    dim_anime_record.duration_minutes,
    dim_anime_record.start_year,
    dim_anime_record.start_date,
    dim_anime_record.start_date_precision,
    dim_anime_record.season,
    coalesce(dim_anime_record.status in ('FINISHED', 'AIRING', 'HIATUS'), false) as has_begun,
    coalesce(dim_anime_record.studios, []) as studios,
    dim_anime_record.source_material,
    dim_anime_record.claimed_myanimelist_id,
    dim_anime_record.claimed_anilist_id,
    coalesce(dim_anime_record.relations, []) as related,
    dim_anime_record.popularity
from main.dim_anime_record
left join main.dim_anime on dim_anime_record.anime_key = dim_anime.anime_key
where
    dim_anime_record.anime_key = $anime_key
    or (dim_anime_record.source = $source and dim_anime_record.source_id = $source_id)
order by dim_anime_record.source, dim_anime_record.source_id
