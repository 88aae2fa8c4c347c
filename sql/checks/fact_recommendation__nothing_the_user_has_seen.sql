/*
Nobody is recommended what they have rated or begun; what is only planned may appear.

The ratings are newer than the recommendations: build fact_recommendation again.

severity: error
*/
select
    fact_recommendation.user_key,
    fact_recommendation.rank,
    fact_recommendation.anime_key,
    fact_user_rating.rating,
    fact_user_rating.status
from main.fact_recommendation
inner join main.fact_user_rating
    on
        fact_recommendation.user_key = fact_user_rating.user_key
        and fact_recommendation.anime_key = fact_user_rating.anime_key
where fact_user_rating.rating is not null or coalesce(fact_user_rating.status, '') <> 'planned'
order by fact_recommendation.user_key, fact_recommendation.rank
