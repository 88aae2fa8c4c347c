/*
Every anime_key here is an anime in dim_anime.

Keys change when records are merged or split: build this table again from the present identities.

severity: error
*/
with missing as (
    select *
    from query_table($checked_table)
)

select
    missing.anime_key,
    count(*) as rows_with_this_key
from missing
anti join main.dim_anime on missing.anime_key = dim_anime.anime_key
group by missing.anime_key
order by missing.anime_key
