/*
Ratings by the year in which the rated anime began.
*/
select
    dim_anime.start_year,
    count(*) as ratings,
    round(avg(fact_user_rating.rating), 4) as mean_rating
from main.fact_user_rating
inner join main.dim_anime on fact_user_rating.anime_key = dim_anime.anime_key
where
    fact_user_rating.rating is not null
    and dim_anime.start_year is not null
group by dim_anime.start_year
order by dim_anime.start_year
