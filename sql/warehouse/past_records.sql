/*
int_anime_unioned as it should be found when the statements of the catalogue are asked about earlier days: the
records of each state of an anime, as if the state were an anime of its own.
*/
select known.* replace (states.source_id || '@' || states.state_key as source_id)
from past.main.state as states
inner join past.main.capture_words as known on states.capture_id = known.source_id
