/*
Every rating lies on the common scale from 1 to 10; an entry without a score has none.

source_score shows what the source gave. The scale of each source is brought to 1-10 in fact_user_rating
alone.

severity: error
*/
select
    fact_user_rating.user_key,
    fact_user_rating.anime_key,
    fact_user_rating.rating,
    fact_user_rating.source_score,
    fact_user_rating.source_id
from main.fact_user_rating
where
    not coalesce(fact_user_rating.rating between 1 and 10, true)
    or (fact_user_rating.rating is null) <> (fact_user_rating.source_score is null)
order by fact_user_rating.user_key, fact_user_rating.anime_key
