/*
Nobody whose list has one title is told that something fits the list as a whole, more than any one title on
it.

fact_recommendation goes by the list_length of int_explained_list: build both again.

severity: error
*/
with of_one_title as (
    select fact_user_rating.user_key
    from main.fact_user_rating
    -- what is only planned is not learned from
    where fact_user_rating.rating is not null or coalesce(fact_user_rating.status, '') <> 'planned'
    group by fact_user_rating.user_key
    having count(*) = 1
)

select
    fact_recommendation.user_key,
    fact_recommendation.rank,
    fact_recommendation.anime_key,
    fact_recommendation.reason
from main.fact_recommendation
semi join of_one_title on fact_recommendation.user_key = of_one_title.user_key
where fact_recommendation.reason like '%list as a whole%'
order by fact_recommendation.user_key, fact_recommendation.rank
