/*
A user's taste beside what is recommended to them: their ten best rated titles and their first ten
recommendations. Taken here: the user with the most ratings; put another user_key into `chosen`.
*/
with chosen as (
    select user_key
    from main.vw_user_activity
    order by ratings desc, user_key asc
    limit 1
),

loved as (
    select
        dim_anime.title,
        fact_user_rating.rating,
        row_number() over (
            order by fact_user_rating.rating desc, dim_anime.popularity desc, dim_anime.anime_key asc
        ) as place
    from main.fact_user_rating
    inner join chosen using (user_key)
    inner join main.dim_anime using (anime_key)
    where fact_user_rating.rating is not null and dim_anime.title is not null
),

recommended as (
    select
        vw_recommendations.rank,
        vw_recommendations.title,
        vw_recommendations.reason
    from main.vw_recommendations
    inner join chosen using (user_key)
)

select
    loved.place,
    loved.title as loved,
    loved.rating,
    recommended.title as might_like,
    recommended.reason
from loved
full outer join recommended on loved.place = recommended.rank
where coalesce(loved.place, recommended.rank) <= 10
order by coalesce(loved.place, recommended.rank)
