/*
No user's list names an anime twice.

Look at the asset that computes this table.

severity: error
*/
select
    ranking.user_key,
    ranking.anime_key,
    list(ranking.rank order by ranking.rank) as ranks
from query_table($checked_table) as ranking
group by ranking.user_key, ranking.anime_key
having count(*) > 1
order by ranking.user_key, ranking.anime_key
