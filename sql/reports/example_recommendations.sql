/*
The first five recommendations of three users whose number of ratings is nearest to 30. The users are not
named.
*/
with rated as (
    select
        fact_user_rating.user_key,
        count(fact_user_rating.rating) as ratings
    from main.fact_user_rating
    group by fact_user_rating.user_key
),

chosen as (
    select
        rated.user_key,
        rated.ratings,
        row_number() over (
            order by abs(rated.ratings - 30), rated.user_key
        ) as example
    from rated
    semi join main.fact_recommendation on rated.user_key = fact_recommendation.user_key
    order by example
    limit 3
)

select
    chosen.example,
    chosen.ratings,
    fact_recommendation.rank,
    dim_anime.title,
    dim_anime.format,
    dim_anime.start_year,
    fact_recommendation.reason
from chosen
inner join main.fact_recommendation on chosen.user_key = fact_recommendation.user_key
inner join main.dim_anime on fact_recommendation.anime_key = dim_anime.anime_key
where fact_recommendation.rank <= 5
order by
    chosen.example,
    fact_recommendation.rank
