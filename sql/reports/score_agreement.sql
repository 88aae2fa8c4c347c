/*
What the users here think beside what the catalogues' voters think: anime with at least ten ratings here, by
the score of the catalogues in steps of five points (0-100), with the mean rating here and the correlation
over all of them.
*/
with known as (
    select
        vw_anime_rating_stats.source_score,
        vw_anime_rating_stats.mean_rating
    from main.vw_anime_rating_stats
    where
        vw_anime_rating_stats.ratings >= 10
        and vw_anime_rating_stats.source_score is not null
),

whole as (
    select round(corr(known.source_score, known.mean_rating), 4) as correlation
    from known
)

select
    floor(known.source_score / 5)::integer * 5 as score_from,
    count(*) as anime,
    round(avg(known.mean_rating), 4) as mean_rating,
    round(quantile_cont(known.mean_rating, 0.1), 4) as low,
    round(quantile_cont(known.mean_rating, 0.9), 4) as high,
    whole.correlation
from known
cross join whole
group by
    score_from,
    whole.correlation
order by score_from
