/*
Events are numbered from 1 without gaps: none of the history is missing.

A file of HOME/landing/osusume/key_events is missing. Restore it from a copy: keys would otherwise change
meaning.

severity: error
*/
with counted as (
    select
        count(*) as events,
        min(anime_key_history.event_number) as first_number,
        max(anime_key_history.event_number) as last_number
    from main.anime_key_history
)

select *
from counted
where
    counted.events > 0
    and (counted.first_number <> 1 or counted.last_number <> counted.events)
