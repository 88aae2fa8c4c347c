/*
A model's list is ordered by its own score: none ranks below one with a smaller score.

Look at recommenders/ranking.py and at the asset that computes this table.

severity: error
*/
select
    ranking.user_key,
    ranking.rank,
    ranking.anime_key,
    ranking.score,
    lag(ranking.score) over (partition by ranking.user_key order by ranking.rank) as score_above
from query_table($checked_table) as ranking
qualify lag(ranking.score) over (partition by ranking.user_key order by ranking.rank) < ranking.score
order by ranking.user_key, ranking.rank
