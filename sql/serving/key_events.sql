/*
What happened to a record, and to the keys that ever were its own, in the order of events. Births and joins of
other records are left out; merges, splits and ends of those keys are not.
*/
with own_keys as (
    select distinct anime_key_history.anime_key
    from main.anime_key_history
    where
        anime_key_history.source = $source
        and anime_key_history.source_id = $source_id
)

select
    anime_key_history.event_number,
    anime_key_history.occurred_at,
    anime_key_history.anime_key,
    anime_key_history.event,
    anime_key_history.other_key,
    anime_key_history.source,
    anime_key_history.source_id,
    anime_key_history.cause
from main.anime_key_history
where
    (
        anime_key_history.source = $source
        and anime_key_history.source_id = $source_id
    )
    or (
        anime_key_history.source is null
        and anime_key_history.anime_key in (select own_keys.anime_key from own_keys)
    )
order by anime_key_history.event_number
