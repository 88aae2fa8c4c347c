/*
Hidden gems: anime that the users of this warehouse rate highly although few people anywhere list them. The
rating is drawn towards the overall mean as if 10 average users had rated too, so that two fans do not make a
gem.
*/
with overall as (
    select avg(rating) as mean_rating
    from main.fact_user_rating
),

rated as (
    select
        anime_key,
        count(rating) as ratings,
        sum(rating) as rating_sum
    from main.fact_user_rating
    group by anime_key
),

listeners as (
    select quantile_cont(popularity, 0.75) as much_listed
    from main.dim_anime
    where source_count > 0
)

select
    dim_anime.title,
    dim_anime.format,
    dim_anime.start_year,
    rated.ratings,
    round((rated.rating_sum + 10 * overall.mean_rating) / (rated.ratings + 10), 2) as fair_rating,
    dim_anime.popularity
from rated
inner join main.dim_anime using (anime_key)
cross join overall
cross join listeners
where
    rated.ratings >= 5
    and dim_anime.title is not null
    and dim_anime.popularity < listeners.much_listed
    and fair_rating > overall.mean_rating
    and not dim_anime.is_adult
order by fair_rating desc, dim_anime.anime_key asc
limit 20
