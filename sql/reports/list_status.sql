/*
List entries by source and status, with a score and without.
*/
select
    dim_user.source,
    coalesce(fact_user_rating.status, 'not stated') as status,
    count(*) as entries,
    count(fact_user_rating.rating) as ratings
from main.fact_user_rating
inner join main.dim_user on fact_user_rating.user_key = dim_user.user_key
group by
    dim_user.source,
    fact_user_rating.status
order by
    dim_user.source asc,
    entries desc,
    status asc
