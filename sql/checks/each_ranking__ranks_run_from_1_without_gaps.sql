/*
Each user's ranks run from 1 without a gap or a repetition.

A rule that takes rows out must number the rest anew: look at the asset that computes this table.

severity: error
*/
select
    ranking.user_key,
    count(*) as list_length,
    min(ranking.rank) as lowest_rank,
    max(ranking.rank) as highest_rank,
    count(distinct ranking.rank) as different_ranks
from query_table($checked_table) as ranking
group by ranking.user_key
having
    min(ranking.rank) <> 1
    or max(ranking.rank) <> count(*)
    or count(distinct ranking.rank) <> count(*)
order by ranking.user_key
