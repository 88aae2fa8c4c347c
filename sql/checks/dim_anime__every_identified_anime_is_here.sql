/*
dim_anime holds exactly the anime that matching found: one row for each key of int_anime_identities, and no
other.

Build int_anime_merged and dim_anime again from the present identities.

severity: error
*/
with identified as (
    select distinct int_anime_identities.anime_key
    from intermediate.int_anime_identities
)

select
    coalesce(identified.anime_key, dim_anime.anime_key) as anime_key,
    identified.anime_key is not null as is_identified,
    dim_anime.anime_key is not null as is_in_dim_anime
from identified
full outer join main.dim_anime on identified.anime_key = dim_anime.anime_key
where identified.anime_key is null or dim_anime.anime_key is null
order by all
