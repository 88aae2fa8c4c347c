/*
People see every recommendation that applications see, no more and no fewer.

A recommendation that is missing here names a user or an anime that is gone: build fact_recommendation
again.

severity: error
*/
select
    coalesce(vw_recommendations.user_key, fact_recommendation.user_key) as user_key,
    coalesce(vw_recommendations.rank, fact_recommendation.rank) as rank,
    vw_recommendations.anime_key as anime_key_in_view,
    fact_recommendation.anime_key
from main.vw_recommendations
full outer join main.fact_recommendation
    on
        vw_recommendations.user_key = fact_recommendation.user_key
        and vw_recommendations.rank = fact_recommendation.rank
where vw_recommendations.anime_key is distinct from fact_recommendation.anime_key
order by all
