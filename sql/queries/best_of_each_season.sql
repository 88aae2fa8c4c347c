/*
The best scored anime of each season of the last ten years, among the better known half of that season.
*/
with latest as (
    select max(start_year) as latest_year
    from main.dim_anime
    where status = 'FINISHED' or mean_score is not null
),

seasonal as (
    select
        dim_anime.*,
        -- A winter begins in the December of the year before.
        year(dim_anime.start_date + interval 1 month) as season_year,
        list_position(['WINTER', 'SPRING', 'SUMMER', 'FALL'], dim_anime.season) as season_number
    from main.dim_anime
    inner join latest on dim_anime.start_year > latest.latest_year - 10
    where dim_anime.season is not null and dim_anime.mean_score is not null and not dim_anime.is_adult
),

known as (
    select *
    from seasonal
    qualify popularity >= quantile_cont(popularity, 0.5) over (partition by season_year, season_number)
)

select
    season_year,
    season,
    title,
    round(mean_score, 1) as mean_score,
    popularity
from known
qualify
    row_number() over (
        partition by season_year, season_number
        order by known.mean_score desc, popularity desc, anime_key asc
    ) = 1
order by season_year desc, season_number desc
