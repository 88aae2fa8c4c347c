/*
How popular is what is recommended: rated anime in ten equal bands by the number of their ratings (1 = most
rated), and what share of all ratings and of everybody's first ten recommendations falls into each. Band 0
holds anime that nobody here has rated.
*/
with rated as (
    select
        fact_user_rating.anime_key,
        count(*) as ratings,
        ntile(10) over (
            order by count(*) desc, fact_user_rating.anime_key asc
        ) as band
    from main.fact_user_rating
    where fact_user_rating.rating is not null
    group by fact_user_rating.anime_key
),

recommended as (
    select
        fact_recommendation.anime_key,
        count(*) as places
    from main.fact_recommendation
    where fact_recommendation.rank <= 10
    group by fact_recommendation.anime_key
)

select
    coalesce(rated.band, 0) as band,
    count(*) as anime,
    count(recommended.anime_key) as recommended_anime,
    coalesce(sum(rated.ratings), 0)::bigint as ratings,
    coalesce(sum(recommended.places), 0)::bigint as places
from rated
full outer join recommended on rated.anime_key = recommended.anime_key
group by coalesce(rated.band, 0)
order by band
