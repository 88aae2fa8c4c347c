/*
What models learn from: every entry of every user's list except what is only planned, with its rating if it
has one.
*/
select
    fact_user_rating.user_key,
    fact_user_rating.anime_key,
    fact_user_rating.rating,
    epoch(fact_user_rating.rated_at) / 86400 as rated_at
from main.fact_user_rating
where fact_user_rating.rating is not null or coalesce(fact_user_rating.status, '') <> 'planned'
order by fact_user_rating.user_key, fact_user_rating.anime_key
