/*
Every related anime is another one, and stands in dim_anime.

Build bridge_anime_relation again from the present identities.

severity: error
*/
select
    bridge_anime_relation.anime_key,
    bridge_anime_relation.related_anime_key,
    bridge_anime_relation.relation_type
from main.bridge_anime_relation
left join main.dim_anime on bridge_anime_relation.related_anime_key = dim_anime.anime_key
where
    dim_anime.anime_key is null
    or bridge_anime_relation.anime_key = bridge_anime_relation.related_anime_key
order by all
