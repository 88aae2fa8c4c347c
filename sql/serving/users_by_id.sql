/*
The users who go by an id, in one source or in all ($source null), with how much is on their lists.
*/
with named as (
    select
        dim_user.user_key,
        dim_user.source,
        dim_user.user_id
    from main.dim_user
    where
        dim_user.user_id = $user_id
        and ($source is null or dim_user.source = $source)
)

select
    named.user_key,
    named.source,
    named.user_id,
    count(fact_user_rating.anime_key) as entries,
    count(fact_user_rating.rating) as ratings
from named
left join main.fact_user_rating on named.user_key = fact_user_rating.user_key
group by
    named.user_key,
    named.source,
    named.user_id
order by named.source
