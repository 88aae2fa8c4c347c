/*
Where the sources disagree most: the anime whose scores differ most between two sources. Every source has its
own habits (Kitsu's scale is compressed), so scores are compared as distances from the source's own mean,
counted in its own standard deviations. A score that a source gives to a tenth of its anime is a stand-in for
a missing one and left out, and so is the less known half of the catalogue, where a score is a handful of votes.
*/
with newest as (
    select *
    from main.fact_anime_metrics
    where score is not null
    qualify row_number() over (partition by anime_key, source order by day desc) = 1
),

stated as (
    select *
    from newest
    qualify
        count(*) over (partition by source, score)
        < greatest(20, count(*) over (partition by source) / 10)
),

placed as (
    select
        anime_key,
        source,
        score,
        (score - avg(score) over (partition by source))
        / nullif(stddev_pop(score) over (partition by source), 0) as deviation
    from stated
),

known as (
    select *
    from main.dim_anime
    where title is not null
    qualify popularity >= median(popularity) over ()
)

select
    known.title,
    known.start_year,
    arg_max(placed.source, placed.deviation) as liked_more_on,
    arg_max(placed.score, placed.deviation) as its_score,
    arg_min(placed.source, placed.deviation) as liked_less_on,
    arg_min(placed.score, placed.deviation) as its_score_there,
    round(max(placed.deviation) - min(placed.deviation), 2) as disagreement,
    known.popularity
from placed
inner join known using (anime_key)
group by known.anime_key, known.title, known.start_year, known.popularity
having count(*) > 1
order by disagreement desc, known.anime_key asc
limit 20
