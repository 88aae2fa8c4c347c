/*
No anime is similar to itself, and every similar anime stands in dim_anime and in a catalogue.

Build fact_anime_similarity again from the present anime.

severity: error
*/
select
    fact_anime_similarity.anime_key,
    fact_anime_similarity.similar_anime_key,
    fact_anime_similarity.method,
    fact_anime_similarity.rank
from main.fact_anime_similarity
left join main.dim_anime on fact_anime_similarity.similar_anime_key = dim_anime.anime_key
where
    fact_anime_similarity.anime_key = fact_anime_similarity.similar_anime_key
    or dim_anime.anime_key is null
    -- a stub: only ratings know of it
    or dim_anime.source_count = 0
order by all
