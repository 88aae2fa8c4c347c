/*
Every recommendation says why it was made.

The reason is written in fact_recommendation from the user's titles that carried the score, or from
popularity.

severity: error
*/
select
    fact_recommendation.user_key,
    fact_recommendation.rank,
    fact_recommendation.anime_key,
    fact_recommendation.reason,
    fact_recommendation.because
from main.fact_recommendation
where
    coalesce(trim(fact_recommendation.reason), '') = ''
    or fact_recommendation.because is null
order by fact_recommendation.user_key, fact_recommendation.rank
