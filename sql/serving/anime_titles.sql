/*
Every anime that has a title, with all its names, for finding one by name and for filtering lists.
*/
select
    dim_anime.anime_key,
    dim_anime.title,
    dim_anime.title_romaji,
    dim_anime.title_english,
    dim_anime.title_native,
    dim_anime.format,
    dim_anime.start_year,
    coalesce(dim_anime.popularity, 0) as popularity,
    coalesce(dim_anime.is_adult, false) as is_adult
from main.dim_anime
where dim_anime.title is not null
order by dim_anime.anime_key
