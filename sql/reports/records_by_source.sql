/*
What each catalogue holds, and how much of it another catalogue knows as well.
*/
with held as (
    select
        bridge_anime_source.source,
        count(*) as records,
        count(*) filter (where dim_anime.source_count > 1) as shared
    from main.bridge_anime_source
    inner join main.dim_anime on bridge_anime_source.anime_key = dim_anime.anime_key
    where bridge_anime_source.match_method <> 'rating_only'
    group by bridge_anime_source.source
),

captured as (
    select
        fact_anime_metrics.source,
        min(fact_anime_metrics.day) as first_day,
        max(fact_anime_metrics.day) as last_day,
        count(distinct fact_anime_metrics.day) as days
    from main.fact_anime_metrics
    group by fact_anime_metrics.source
)

select
    held.source,
    held.records,
    held.shared,
    captured.first_day,
    captured.last_day,
    captured.days
from held
left join captured on held.source = captured.source
order by
    held.records desc,
    held.source asc
