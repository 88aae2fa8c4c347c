/*
Nobody is recommended an anime that no catalogue knows: it has no title to show.

Stubs take part in training only; the asset that computes fact_recommendation must leave them out.

severity: error
*/
select
    fact_recommendation.anime_key,
    count(*) as users
from main.fact_recommendation
inner join main.dim_anime on fact_recommendation.anime_key = dim_anime.anime_key
where dim_anime.source_count = 0 or coalesce(trim(dim_anime.title), '') = ''
group by fact_recommendation.anime_key
order by fact_recommendation.anime_key
