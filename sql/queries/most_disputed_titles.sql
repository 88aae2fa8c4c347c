/*
Where the sources disagree most: the anime whose scores differ most between two sources. Every source has its
own habits (Kitsu's scale is compressed), so scores are compared as distances from the source's own mean,
counted in its own standard deviations.
*/
with newest as (
    select *
    from main.fact_anime_metrics
    where score is not null
    qualify row_number() over (partition by anime_key, source order by day desc) = 1
),

placed as (
    select
        anime_key,
        source,
        score,
        (score - avg(score) over (partition by source))
        / nullif(stddev_pop(score) over (partition by source), 0) as deviation
    from newest
)

select
    dim_anime.title,
    dim_anime.start_year,
    arg_max(placed.source, placed.deviation) as liked_more_on,
    arg_max(placed.score, placed.deviation) as its_score,
    arg_min(placed.source, placed.deviation) as liked_less_on,
    arg_min(placed.score, placed.deviation) as its_score_there,
    round(max(placed.deviation) - min(placed.deviation), 2) as disagreement,
    dim_anime.popularity
from placed
inner join main.dim_anime using (anime_key)
group by dim_anime.anime_key, dim_anime.title, dim_anime.start_year, dim_anime.popularity
having count(*) > 1
order by disagreement desc, dim_anime.anime_key asc
limit 20
