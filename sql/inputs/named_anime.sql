/*
Every anime with its main titles, its first day (in days since 1970) and the anime that a source calls
related to it, from which franchises are found.
*/
with related as (
    select
        bridge_anime_relation.anime_key,
        list(struct_pack(
            anime_key := bridge_anime_relation.related_anime_key,
            relation_type := bridge_anime_relation.relation_type
        ) order by bridge_anime_relation.related_anime_key, bridge_anime_relation.relation_type) as related
    from main.bridge_anime_relation
    group by bridge_anime_relation.anime_key
)

select
    dim_anime.anime_key,
    list_distinct([
        dim_anime.title, dim_anime.title_romaji, dim_anime.title_english, dim_anime.title_native
    ]) as titles,
    epoch(dim_anime.start_date) / 86400 as first_day,
    coalesce(related.related, []) as related
from main.dim_anime
left join related on dim_anime.anime_key = related.anime_key
order by dim_anime.anime_key
