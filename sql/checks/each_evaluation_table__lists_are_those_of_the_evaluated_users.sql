/*
A model that was evaluated has a list for every user with a hidden rating, and for nobody else.

Leaving users out would flatter the model: look at the asset that computes this table. An empty table is a
model that could not be taught.

severity: error
*/
with ranking as (
    select *
    from query_table($checked_table)
),

listed as (
    select distinct ranking.user_key
    from ranking
),

evaluated as (
    select distinct evaluation_holdout.user_key
    from ml.evaluation_holdout
    where evaluation_holdout.is_target
),

lists as (
    select count(*) as how_many
    from listed
)

select
    coalesce(listed.user_key, evaluated.user_key) as user_key,
    listed.user_key is not null as has_a_list,
    evaluated.user_key is not null as has_a_hidden_rating
from listed
full outer join evaluated on listed.user_key = evaluated.user_key
cross join lists
where
    (listed.user_key is null or evaluated.user_key is null)
    and lists.how_many > 0
order by all
