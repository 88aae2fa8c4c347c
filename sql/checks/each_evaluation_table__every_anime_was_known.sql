/*
Every anime that a model lists while it is evaluated is one that it could learn of.

Lists are in the keys of ml.training_item: evaluate the model again.

severity: error
*/
with ranking as (
    select *
    from query_table($checked_table)
)

select
    ranking.anime_key,
    count(*) as rows_with_this_key
from ranking
anti join ml.training_item on ranking.anime_key = training_item.anime_key
group by ranking.anime_key
order by ranking.anime_key
