/*
List entries by the month in which they last changed; those without a time are left out.
*/
select
    -- by way of microseconds: taking times apart through time zones is ten times slower
    date_trunc('month', make_timestamp(epoch_us(fact_user_rating.rated_at)))::date as month,
    count(*) as entries
from main.fact_user_rating
where fact_user_rating.rated_at is not null
group by month
order by month
