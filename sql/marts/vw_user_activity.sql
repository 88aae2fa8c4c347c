/*
How active each user is and how they rate, for people.

grain: one user
keys: user_key
group: ratings
columns:
    user_key: the user
    source: whose user
    user_id: the user as the source names them
    cohort_id: the user's cohort
    list_entries: anime on the list
    ratings: anime with a score
    mean_rating: mean score, 1-10; null where none is given
    rating_spread: standard deviation of the scores; null where fewer than two are given
    positives: scores of at least 7
    last_rated_at: most recent change of the list; null where the source states none
*/
select
    dim_user.user_key,
    dim_user.source,
    dim_user.user_id,
    dim_user.cohort_id,
    count(*) as list_entries,
    count(fact_user_rating.rating) as ratings,
    round(avg(fact_user_rating.rating), 4) as mean_rating,
    round(stddev_samp(fact_user_rating.rating), 4) as rating_spread,
    count(*) filter (where fact_user_rating.rating >= 7) as positives,
    max(fact_user_rating.rated_at) as last_rated_at
from main.dim_user
inner join main.fact_user_rating on dim_user.user_key = fact_user_rating.user_key
group by dim_user.user_key, dim_user.source, dim_user.user_id, dim_user.cohort_id
