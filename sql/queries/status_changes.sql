/*
Which titles changed their status, and when that was first read: the newest changes first.
*/
with versions as (
    select
        anime_key,
        title,
        valid_from as day,
        status,
        changed,
        lag(status) over (partition by anime_key order by version) as status_before,
        episodes,
        end_date
    from main.dim_anime_history
)

select
    day,
    title,
    status_before,
    status,
    episodes,
    end_date
from versions
where list_contains(changed, 'status')
order by day desc, title asc, anime_key asc
limit 50
