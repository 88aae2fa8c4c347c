/*
What models learn from and what is hidden from them are together the users' whole lists, what is only
planned apart.

Split anew from the present ratings.

severity: error
*/
with listed as (
    select
        fact_user_rating.user_key,
        fact_user_rating.anime_key
    from main.fact_user_rating
    where fact_user_rating.rating is not null or coalesce(fact_user_rating.status, '') <> 'planned'
),

divided as (
    select
        evaluation_input.user_key,
        evaluation_input.anime_key
    from ml.evaluation_input
    union all
    select
        evaluation_holdout.user_key,
        evaluation_holdout.anime_key
    from ml.evaluation_holdout
)

select
    coalesce(listed.user_key, divided.user_key) as user_key,
    coalesce(listed.anime_key, divided.anime_key) as anime_key,
    listed.user_key is not null as is_listed,
    divided.user_key is not null as is_input_or_hidden
from listed
full outer join divided
    on
        listed.user_key = divided.user_key
        and listed.anime_key = divided.anime_key
where listed.user_key is null or divided.user_key is null
order by all
