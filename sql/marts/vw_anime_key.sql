/*
Every anime key there ever was, and the key that stands for it today. Who has kept a key of last year finds
here where it leads: join on anime_key, go on with current_anime_key.

grain: one key
keys: anime_key
group: identity
columns:
    anime_key: the key
    current_anime_key: the key that stands for it today: itself, unless it was merged into another
    state: living (it stands for itself), merged (another stands for it), or retired (no catalogue and no list
        names any record of what it leads to any more)
    title: of the anime that the current key stands for; null where it is retired or has no title
    born_at: when the key came into being, UTC
    founder_source: source of the record that it was born with
    founder_source_id: id of that record
    last_event: what happened to the key last, as in anime_key_history
    last_event_at: when, UTC
    last_cause: why, in words
    events: how many events its life has
*/
with recursive lives as (
    select
        life.anime_key,
        min(life.occurred_at) as born_at,
        -- the first event is the birth, which names the founder
        arg_min(life.source, life.event_number) as founder_source,
        arg_min(life.source_id, life.event_number) as founder_source_id,
        arg_max(life.event, life.event_number) as last_event,
        max(life.occurred_at) as last_event_at,
        arg_max(life.cause, life.event_number) as last_cause,
        count(*) as events,
        -- what happens to a record says nothing about whether the key lives
        max_by(life.event, life.event_number)
        filter (where life.event not in ('joined', 'left', 'returned')) as turn,
        max_by(life.other_key, life.event_number) filter (where life.event = 'merged_into') as merged_into
    from main.anime_key_history as life
    group by life.anime_key
),

leads as (
    select
        lives.anime_key,
        lives.anime_key as current_anime_key
    from lives
    union
    select
        leads.anime_key,
        lives.merged_into as current_anime_key
    from leads
    inner join lives on leads.current_anime_key = lives.anime_key
    where lives.turn = 'merged_into'
)

select
    lives.anime_key,
    leads.current_anime_key,
    case
        when current.turn = 'retired' then 'retired'
        when lives.turn = 'merged_into' then 'merged'
        else 'living'
    end as state,
    dim_anime.title,
    lives.born_at,
    lives.founder_source,
    lives.founder_source_id,
    lives.last_event,
    lives.last_event_at,
    lives.last_cause,
    lives.events
from lives
inner join leads on lives.anime_key = leads.anime_key
inner join lives as current
    on
        leads.current_anime_key = current.anime_key
        and current.turn <> 'merged_into'
left join main.dim_anime on current.anime_key = dim_anime.anime_key
