/*
Whoever holds a key that was merged or split finds the other one: it is a key of this history, and another.

The history under HOME/landing/osusume/key_events was changed by hand, or a file of it is missing.

severity: error
*/
with known as (
    select distinct anime_key_history.anime_key
    from main.anime_key_history
)

select
    anime_key_history.event_number,
    anime_key_history.anime_key,
    anime_key_history.event,
    anime_key_history.other_key
from main.anime_key_history
left join known on anime_key_history.other_key = known.anime_key
where
    (anime_key_history.event in ('merged_into', 'split_from') and known.anime_key is null)
    or (anime_key_history.other_key is not null and known.anime_key is null)
    or anime_key_history.anime_key = anime_key_history.other_key
order by anime_key_history.event_number
