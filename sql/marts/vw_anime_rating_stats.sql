/*
How the users of this warehouse rate each anime, for people.

grain: one anime that somebody rated or listed
keys: anime_key
group: ratings
columns:
    anime_key: the anime
    title: its title; null for a stub
    list_entries: users who have it on a list
    ratings: users who scored it
    mean_rating: mean of their scores, 1-10; null where nobody scored
    rating_spread: standard deviation of their scores; null where fewer than two scored
    positives: scores of at least 7
    source_score: mean of the sources' own scores, 0-100; null where none has one
*/
select
    dim_anime.anime_key,
    dim_anime.title,
    count(*) as list_entries,
    count(fact_user_rating.rating) as ratings,
    round(avg(fact_user_rating.rating), 4) as mean_rating,
    round(stddev_samp(fact_user_rating.rating), 4) as rating_spread,
    count(*) filter (where fact_user_rating.rating >= 7) as positives,
    dim_anime.mean_score as source_score
from main.fact_user_rating
inner join main.dim_anime on fact_user_rating.anime_key = dim_anime.anime_key
group by dim_anime.anime_key, dim_anime.title, dim_anime.mean_score
