/*
What dim_anime would have said of each state, under the anime's own key and from the day on which it began.
*/
with states as (
    select distinct
        state_key,
        anime_key,
        day
    from past.main.state
)

select
    states.anime_key,
    states.day,
    known.* exclude (anime_key)
from past.main.dim_anime as known
inner join states on known.anime_key = states.state_key
