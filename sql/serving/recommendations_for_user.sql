/*
The first recommendations of one user, best first, with what is needed to explain them.
*/
with wanted as (
    select fact_recommendation.*
    from main.fact_recommendation
    where
        fact_recommendation.user_key = $user_key
        and fact_recommendation.rank <= $rows
)

select
    wanted.rank,
    wanted.anime_key,
    dim_anime.title,
    dim_anime.format,
    dim_anime.start_year,
    wanted.score,
    wanted.reason,
    wanted.because,
    wanted.share_collaborative,
    wanted.share_content,
    wanted.share_popularity,
    wanted.model_version_id
from wanted
inner join main.dim_anime on wanted.anime_key = dim_anime.anime_key
order by wanted.rank
