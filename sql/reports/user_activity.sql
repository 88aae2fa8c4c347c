/*
How many users have rated how much: users by the number of their ratings, in steps that double.
*/
with per_user as (
    select
        fact_user_rating.user_key,
        count(fact_user_rating.rating) as ratings
    from main.fact_user_rating
    group by fact_user_rating.user_key
)

select
    floor(log2(per_user.ratings))::integer as step,
    count(*) as users,
    sum(per_user.ratings)::bigint as ratings
from per_user
where per_user.ratings > 0
group by step
order by step
