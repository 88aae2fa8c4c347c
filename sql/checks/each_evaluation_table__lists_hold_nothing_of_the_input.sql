/*
No evaluated list repeats what the model was given: a list that did would be scored too low, and has seen
its input.

The evaluation must leave out every entry of ml.evaluation_input; look at the asset that computes this
table.

severity: error
*/
with ranking as (
    select *
    from query_table($checked_table)
)

select
    ranking.user_key,
    ranking.rank,
    ranking.anime_key
from ranking
inner join ml.evaluation_input
    on
        ranking.user_key = evaluation_input.user_key
        and ranking.anime_key = evaluation_input.anime_key
order by ranking.user_key, ranking.rank
