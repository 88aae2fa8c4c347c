/*
What models learn from: every entry of every user's list except what is only planned. It is that of the day on
which models were taught: it is made again, together with ml.training_item, once what it would hold differs by
enough, at once when somebody is forgotten, or when the job train_models asks.

grain: one entry of one user
keys: user_key, anime_key
columns:
    user_key: whose entry
    anime_key: the anime, by the key it had then
    rating: 1-10; null for an entry without a score
    rated_at: when the entry was made; null where unknown
*/
select
    fact_user_rating.user_key,
    fact_user_rating.anime_key,
    fact_user_rating.rating,
    fact_user_rating.rated_at
from main.fact_user_rating
where fact_user_rating.rating is not null or coalesce(fact_user_rating.status, '') <> 'planned'
