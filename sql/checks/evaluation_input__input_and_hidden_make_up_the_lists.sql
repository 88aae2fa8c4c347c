/*
What models learn from while they are evaluated and what is hidden from them are together what they learn from
otherwise.

Split anew from ml.training_entry.

severity: error
*/
with divided as (
    select
        evaluation_input.user_key,
        evaluation_input.anime_key
    from ml.evaluation_input
    union all
    select
        evaluation_holdout.user_key,
        evaluation_holdout.anime_key
    from ml.evaluation_holdout
)

select
    coalesce(training_entry.user_key, divided.user_key) as user_key,
    coalesce(training_entry.anime_key, divided.anime_key) as anime_key,
    training_entry.user_key is not null as is_listed,
    divided.user_key is not null as is_input_or_hidden
from ml.training_entry
full outer join divided
    on
        training_entry.user_key = divided.user_key
        and training_entry.anime_key = divided.anime_key
where training_entry.user_key is null or divided.user_key is null
order by all
