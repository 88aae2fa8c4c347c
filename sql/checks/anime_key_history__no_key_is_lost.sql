/*
A key that lives belongs to an anime, and an anime's key lives: none is lost, and none comes from nowhere.

The history under HOME/landing/osusume/key_events is what counts: run the identities again, which brings the
table in line with it.

severity: error
*/
with latest as (
    select
        anime_key_history.anime_key,
        arg_max(anime_key_history.event, anime_key_history.event_number) as event
    from main.anime_key_history
    -- what happens to a record says nothing about whether the key lives
    where anime_key_history.event not in ('joined', 'left', 'returned')
    group by anime_key_history.anime_key
),

used as (
    select
        int_anime_identities.anime_key,
        count(*) as records
    from intermediate.int_anime_identities
    group by int_anime_identities.anime_key
)

select
    coalesce(latest.anime_key, used.anime_key) as anime_key,
    latest.event as latest_event,
    coalesce(used.records, 0) as records
from latest
full outer join used on latest.anime_key = used.anime_key
where (used.anime_key is not null) <> coalesce(latest.event in ('born', 'split_from', 'revived'), false)
order by all
