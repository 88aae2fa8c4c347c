/*
What models may learn from while they are evaluated: nothing that is hidden stands in this table.
*/
select
    evaluation_input.user_key,
    evaluation_input.anime_key,
    evaluation_input.rating,
    epoch(evaluation_input.rated_at) / 86400 as rated_at
from ml.evaluation_input
order by evaluation_input.user_key, evaluation_input.anime_key
