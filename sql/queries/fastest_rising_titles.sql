/*
Whose popularity rose most: the users who have it on a list at one source, on the first and on the last of the
days on which the source was asked about it. Needs at least two such days.
*/
with spans as (
    select
        anime_key,
        source,
        min(day) as first_day,
        max(day) as last_day,
        arg_min(popularity, day) as users_first,
        arg_max(popularity, day) as users_last
    from main.fact_anime_metrics
    where popularity is not null
    group by anime_key, source
    having count(distinct day) > 1
)

select
    anime.title,
    anime.status,
    spans.source,
    spans.first_day,
    spans.last_day,
    spans.users_first,
    spans.users_last,
    spans.users_last - spans.users_first as gained,
    round(gained / date_diff('day', spans.first_day, spans.last_day), 1) as gained_a_day
from spans
inner join main.dim_anime as anime using (anime_key)
order by gained desc, spans.anime_key asc, spans.source asc
limit 20
