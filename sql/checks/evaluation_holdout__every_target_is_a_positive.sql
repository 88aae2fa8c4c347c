/*
Only ratings of at least 7 are to be found again.

Split anew from ml.training_entry.

severity: error
*/
select
    evaluation_holdout.user_key,
    evaluation_holdout.anime_key,
    training_entry.rating
from ml.evaluation_holdout
left join ml.training_entry
    on
        evaluation_holdout.user_key = training_entry.user_key
        and evaluation_holdout.anime_key = training_entry.anime_key
where evaluation_holdout.is_target and not coalesce(training_entry.rating >= 7, false)
order by evaluation_holdout.user_key, evaluation_holdout.anime_key
