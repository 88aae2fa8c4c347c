/*
How often each score is given, by source, on the common scale of 1 to 10, cut to whole points.
*/
select
    dim_user.source,
    floor(fact_user_rating.rating)::integer as rating,
    count(*) as ratings
from main.fact_user_rating
inner join main.dim_user on fact_user_rating.user_key = dim_user.user_key
where fact_user_rating.rating is not null
group by
    dim_user.source,
    floor(fact_user_rating.rating)
order by
    dim_user.source,
    rating
