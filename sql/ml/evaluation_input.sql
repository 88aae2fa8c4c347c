/*
What models may learn from while they are evaluated: everything on the users' lists except what
is only planned and what is hidden. It is also what a list may not contain.

grain: one entry of one user
keys: user_key, anime_key
columns:
    user_key: whose entry
    anime_key: the anime
    rating: 1-10; null for an entry without a score
    rated_at: when the entry was made; null where unknown
*/
select
    fact_user_rating.user_key,
    fact_user_rating.anime_key,
    fact_user_rating.rating,
    fact_user_rating.rated_at
from main.fact_user_rating
anti join ml.evaluation_holdout
    on
        fact_user_rating.user_key = evaluation_holdout.user_key
        and fact_user_rating.anime_key = evaluation_holdout.anime_key
where fact_user_rating.rating is not null or coalesce(fact_user_rating.status, '') <> 'planned'
