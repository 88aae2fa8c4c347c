/*
Adult titles are recommended only to users who rated one 7 or more.

Build fact_recommendation again; if a title became adult lately, that is enough.

severity: error
*/
with wants_adult as (
    select distinct fact_user_rating.user_key
    from main.fact_user_rating
    inner join main.dim_anime on fact_user_rating.anime_key = dim_anime.anime_key
    where dim_anime.is_adult and fact_user_rating.rating >= 7
)

select
    fact_recommendation.user_key,
    fact_recommendation.rank,
    fact_recommendation.anime_key,
    dim_anime.title
from main.fact_recommendation
inner join main.dim_anime on fact_recommendation.anime_key = dim_anime.anime_key
anti join wants_adult on fact_recommendation.user_key = wants_adult.user_key
where dim_anime.is_adult
order by fact_recommendation.user_key, fact_recommendation.rank
