/*
The anime like an anime are ranked from 1 without gaps by each method, and none is named twice.

Look at the asset that computes fact_anime_similarity.

severity: error
*/
select
    fact_anime_similarity.anime_key,
    fact_anime_similarity.method,
    count(*) as list_length,
    max(fact_anime_similarity.rank) as highest_rank,
    count(distinct fact_anime_similarity.similar_anime_key) as different_anime
from main.fact_anime_similarity
group by fact_anime_similarity.anime_key, fact_anime_similarity.method
having
    min(fact_anime_similarity.rank) <> 1
    or max(fact_anime_similarity.rank) <> count(*)
    or count(distinct fact_anime_similarity.rank) <> count(*)
    or count(distinct fact_anime_similarity.similar_anime_key) <> count(*)
order by fact_anime_similarity.anime_key, fact_anime_similarity.method
