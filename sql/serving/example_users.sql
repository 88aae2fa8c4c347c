/*
A few users to try things on: those whose number of ratings is nearest to 30, enough to know a taste by.
*/
with listed as (
    select
        fact_user_rating.user_key,
        count(*) as entries,
        count(fact_user_rating.rating) as ratings
    from main.fact_user_rating
    group by fact_user_rating.user_key
)

select
    dim_user.user_key,
    dim_user.source,
    dim_user.user_id,
    listed.entries,
    listed.ratings
from listed
inner join main.dim_user on listed.user_key = dim_user.user_key
order by
    abs(listed.ratings - 30),
    dim_user.user_key
limit $users
