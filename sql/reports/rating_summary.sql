/*
The ratings in a few numbers.
*/
with catalogue as (
    select count(*) as anime
    from main.dim_anime
    where dim_anime.source_count > 0
),

per_user as (
    select
        fact_user_rating.user_key,
        count(*) as entries,
        count(fact_user_rating.rating) as ratings
    from main.fact_user_rating
    group by fact_user_rating.user_key
),

rated as (
    select
        count(*) as entries,
        count(fact_user_rating.rating) as ratings,
        count(distinct fact_user_rating.anime_key) filter (
            where fact_user_rating.rating is not null
        ) as anime,
        count(distinct fact_user_rating.anime_key) filter (
            where fact_user_rating.rating is not null and dim_anime.source_count > 0
        ) as known_anime,
        avg(fact_user_rating.rating) as mean_rating,
        median(fact_user_rating.rating) as median_rating,
        count(*) filter (where fact_user_rating.rating >= 7) as positives,
        min(fact_user_rating.rated_at) as first_rated_at,
        max(fact_user_rating.rated_at) as last_rated_at,
        count(fact_user_rating.rated_at) as dated_entries
    from main.fact_user_rating
    left join main.dim_anime on fact_user_rating.anime_key = dim_anime.anime_key
)

select
    rated.entries,
    rated.ratings,
    rated.anime,
    rated.known_anime,
    round(rated.mean_rating, 4) as mean_rating,
    rated.median_rating,
    rated.positives,
    rated.first_rated_at,
    rated.last_rated_at,
    rated.dated_entries,
    count(*) filter (where per_user.ratings > 0) as users,
    count(*) as all_users,
    median(per_user.ratings) filter (where per_user.ratings > 0) as median_ratings,
    max(per_user.ratings) as most_ratings,
    catalogue.anime as catalogue_anime
from rated
cross join catalogue
cross join per_user
group by all
