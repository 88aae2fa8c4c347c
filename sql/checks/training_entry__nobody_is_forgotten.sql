/*
Models learn from nobody who is not a user any more.

Who was forgotten must leave ml.training_entry at once: materialise training_data, then the models.

severity: error
*/
select
    training_entry.user_key,
    count(*) as entries
from ml.training_entry
anti join main.fact_user_rating on training_entry.user_key = fact_user_rating.user_key
group by training_entry.user_key
order by training_entry.user_key
