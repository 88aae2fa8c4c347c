/*
Every anime that models learn from somebody's list has its line in ml.training_item.

Both are made together: materialise training_data.

severity: error
*/
select
    training_entry.anime_key,
    count(*) as entries
from ml.training_entry
anti join ml.training_item on training_entry.anime_key = training_item.anime_key
group by training_entry.anime_key
order by training_entry.anime_key
