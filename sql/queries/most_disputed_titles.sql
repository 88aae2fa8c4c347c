/*
Where the sources disagree most: the anime that stand high among the scores of one source and low among those
of another. Every source has its own habits (Kitsu's scale is compressed), so what is compared is not the
score but the share of the source's anime that score less. A score that a source gives to a tenth of its anime
stands in for a missing one and is left out, and so is the less known half of the catalogue, where a score is
a handful of votes.
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
        percent_rank() over (partition by source order by score) as beaten
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
    arg_max(placed.source, (placed.beaten, placed.source)) as liked_more_on,
    round(max(placed.beaten), 2) as beats_there,
    arg_min(placed.source, (placed.beaten, placed.source)) as liked_less_on,
    round(min(placed.beaten), 2) as beats_here,
    string_agg(placed.source || ' ' || placed.score, ', ' order by placed.source asc) as scores
from placed
inner join known using (anime_key)
group by known.anime_key, known.title, known.start_year
having count(*) > 1
order by max(placed.beaten) - min(placed.beaten) desc, known.anime_key asc
limit 20
