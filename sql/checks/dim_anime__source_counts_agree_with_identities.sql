/*
source_count is the number of catalogues that hold the anime, and 0 for a stub.

Build int_anime_merged and dim_anime again from the present identities.

severity: error
*/
with counted as (
    select
        int_anime_identities.anime_key,
        count(distinct int_anime_identities.source) filter (
            where int_anime_identities.match_method <> 'rating_only'
        ) as sources
    from intermediate.int_anime_identities
    group by int_anime_identities.anime_key
)

select
    dim_anime.anime_key,
    dim_anime.title,
    dim_anime.source_count,
    counted.sources
from main.dim_anime
inner join counted on dim_anime.anime_key = counted.anime_key
where dim_anime.source_count is distinct from counted.sources
order by dim_anime.anime_key
