/*
All parts of a franchise share one universe.

Build bridge_anime_franchise again from the present titles and relations.

severity: error
*/
select bridge_anime_franchise.franchise_key
from main.bridge_anime_franchise
where bridge_anime_franchise.franchise_key is not null
group by bridge_anime_franchise.franchise_key
having count(distinct bridge_anime_franchise.universe_key) > 1
order by bridge_anime_franchise.franchise_key
