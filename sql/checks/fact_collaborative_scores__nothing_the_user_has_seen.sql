/*
No list names what its user has seen, rated or begun; what is only planned may appear.

The ratings are newer than the lists: build fact_collaborative_scores again.

severity: error
*/
select
    fact_collaborative_scores.user_key,
    fact_collaborative_scores.rank,
    fact_collaborative_scores.anime_key,
    fact_user_rating.rating,
    fact_user_rating.status
from main.fact_collaborative_scores
inner join main.fact_user_rating
    on
        fact_collaborative_scores.user_key = fact_user_rating.user_key
        and fact_collaborative_scores.anime_key = fact_user_rating.anime_key
where fact_user_rating.rating is not null or coalesce(fact_user_rating.status, '') <> 'planned'
order by fact_collaborative_scores.user_key, fact_collaborative_scores.rank
