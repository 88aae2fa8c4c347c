/*
The best scored anime of each season of the last ten years, among the better known half of that season.
*/
with seasonal as (
    select
        *,
        -- A winter begins in the December of the year before.
        year(start_date + interval 1 month) as season_year,
        list_position(['WINTER', 'SPRING', 'SUMMER', 'FALL'], season) as season_number
    from main.dim_anime
    where season is not null and mean_score is not null and not is_adult
    qualify season_year > max(season_year) over () - 10
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
