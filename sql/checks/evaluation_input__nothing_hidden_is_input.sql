/*
Nothing that a model has to find again is among what it learns from: no leakage.

The figures of fact_model_metric would mean nothing. Split anew: ml.evaluation_holdout and
ml.evaluation_input must come from one and the same split.

severity: error
*/
select
    evaluation_holdout.user_key,
    evaluation_holdout.anime_key
from ml.evaluation_holdout
inner join ml.evaluation_input
    on
        evaluation_holdout.user_key = evaluation_input.user_key
        and evaluation_holdout.anime_key = evaluation_input.anime_key
order by evaluation_holdout.user_key, evaluation_holdout.anime_key
