/*
Every franchise and every universe has at least two anime.

Build bridge_anime_franchise again from the present titles and relations.

severity: error
*/
select
    bridge_anime_franchise.anime_key,
    bridge_anime_franchise.franchise_key,
    bridge_anime_franchise.universe_key
from main.bridge_anime_franchise
qualify
    count(*) over (partition by bridge_anime_franchise.universe_key) = 1
    or (
        bridge_anime_franchise.franchise_key is not null
        and count(*) over (partition by bridge_anime_franchise.franchise_key) = 1
    )
order by bridge_anime_franchise.anime_key
