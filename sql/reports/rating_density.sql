/*
How densely ratings fill the table of users and anime: users in forty bands by activity, rated anime in
forty bands by popularity, and for each pair of bands the share of (user, anime) that has a rating.
*/
with rated as (
    select
        fact_user_rating.user_key,
        fact_user_rating.anime_key
    from main.fact_user_rating
    where fact_user_rating.rating is not null
),

users as (
    select
        rated.user_key,
        ntile(40) over (
            order by count(*) desc, rated.user_key asc
        ) as user_band
    from rated
    group by rated.user_key
),

anime as (
    select
        rated.anime_key,
        ntile(40) over (
            order by count(*) desc, rated.anime_key asc
        ) as anime_band
    from rated
    group by rated.anime_key
),

cells as (
    select
        users.user_band,
        anime.anime_band,
        count(*) as ratings
    from rated
    inner join users on rated.user_key = users.user_key
    inner join anime on rated.anime_key = anime.anime_key
    group by
        users.user_band,
        anime.anime_band
),

user_bands as (
    select
        users.user_band,
        count(*) as users
    from users
    group by users.user_band
),

anime_bands as (
    select
        anime.anime_band,
        count(*) as anime
    from anime
    group by anime.anime_band
)

select
    user_bands.user_band,
    anime_bands.anime_band,
    user_bands.users,
    anime_bands.anime,
    coalesce(cells.ratings, 0) as ratings,
    coalesce(cells.ratings, 0) / (user_bands.users * anime_bands.anime) as density
from user_bands
cross join anime_bands
left join cells
    on
        user_bands.user_band = cells.user_band
        and anime_bands.anime_band = cells.anime_band
order by
    user_bands.user_band,
    anime_bands.anime_band
