/*
The twenty most frequent genres: how many anime have each, and how the users here rate those anime.
*/
with frequent as (
    select
        bridge_anime_genre.genre,
        count(*) as anime
    from main.bridge_anime_genre
    group by bridge_anime_genre.genre
    order by
        anime desc,
        bridge_anime_genre.genre asc
    limit 20
),

rated as (
    select
        bridge_anime_genre.genre,
        count(fact_user_rating.rating) as ratings,
        round(avg(fact_user_rating.rating), 4) as mean_rating
    from main.fact_user_rating
    inner join main.bridge_anime_genre on fact_user_rating.anime_key = bridge_anime_genre.anime_key
    group by bridge_anime_genre.genre
)

select
    frequent.genre,
    frequent.anime,
    coalesce(rated.ratings, 0) as ratings,
    rated.mean_rating
from frequent
left join rated on frequent.genre = rated.genre
order by
    frequent.anime desc,
    frequent.genre asc
