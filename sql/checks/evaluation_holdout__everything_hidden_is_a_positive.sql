/*
Only ratings of at least 7 are hidden.

Split anew from the present ratings.

severity: error
*/
select
    evaluation_holdout.user_key,
    evaluation_holdout.anime_key,
    fact_user_rating.rating
from ml.evaluation_holdout
left join main.fact_user_rating
    on
        evaluation_holdout.user_key = fact_user_rating.user_key
        and evaluation_holdout.anime_key = fact_user_rating.anime_key
where not coalesce(fact_user_rating.rating >= 7, false)
order by evaluation_holdout.user_key, evaluation_holdout.anime_key
