/*
The 20 most similar anime of each anime, by what they are about (content_tfidf) and by who has them
(item_knn); fewer where no more have anything in common with it. Anime that only ratings know have some too,
and are similar to none; adult titles (dim_anime.is_adult) stand among the others.

grain: one similar anime of one anime by one method
keys: anime_key, method, rank
group: recommendations
columns:
    anime_key: the anime
    similar_anime_key: an anime like it
    method: the model that says so
    score: similarity, above 0 to 1, comparable within one method only; that of item_knn is low where few
        users have the two, however alike
    rank: 1 is most similar
    model_version_id: the model, its configuration, the data and the code
*/
select
    computed.anime_key::bigint as anime_key,
    computed.similar_anime_key::bigint as similar_anime_key,
    computed.method::varchar as method,
    computed.score::double as score,
    computed.rank::integer as rank,
    computed.model_version_id::varchar as model_version_id
from computed
