/*
List entries by weekday (1 = Monday) and hour (UTC) of their last change; those without a time are left out.
*/
select
    -- by way of microseconds: taking times apart through time zones is ten times slower
    isodow(make_timestamp(epoch_us(fact_user_rating.rated_at))) as weekday,
    hour(make_timestamp(epoch_us(fact_user_rating.rated_at))) as hour,
    count(*) as entries
from main.fact_user_rating
where fact_user_rating.rated_at is not null
group by
    weekday,
    hour
order by
    weekday,
    hour
