/*
What is like a title, by each method: content (what it is about) and ratings (who likes it). Taken here: the
anime with the most ratings; put another title into `chosen`.
*/
with chosen as (
    select anime_key
    from main.vw_anime_rating_stats
    where title is not null
    order by ratings desc, anime_key asc
    limit 1
)

select
    chosen_anime.title,
    similarities.method,
    similarities.rank,
    similar_anime.title as similar_title,
    similar_anime.format,
    similar_anime.start_year,
    round(similarities.score, 3) as similarity
from main.fact_anime_similarity as similarities
inner join chosen using (anime_key)
inner join main.dim_anime as chosen_anime using (anime_key)
inner join main.dim_anime as similar_anime on similarities.similar_anime_key = similar_anime.anime_key
where similarities.rank <= 10
order by similarities.method asc, similarities.rank asc
