/*
The parts of each score, by other users, by content and by popularity, sum to 1.

Look at the asset that computes fact_recommendation.

severity: error
*/
select
    fact_recommendation.user_key,
    fact_recommendation.rank,
    fact_recommendation.share_collaborative,
    fact_recommendation.share_content,
    fact_recommendation.share_popularity
from main.fact_recommendation
where
    not coalesce(
        abs(
            fact_recommendation.share_collaborative + fact_recommendation.share_content
            + fact_recommendation.share_popularity - 1
        ) <= 1e-6,
        false
    )
order by fact_recommendation.user_key, fact_recommendation.rank
