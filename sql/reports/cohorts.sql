/*
The cohorts of users: how many there are, how much they rate and how high. They are drawn by a hash, so
their tastes should not differ.
*/
select
    vw_user_activity.cohort_id,
    count(*) as users,
    sum(vw_user_activity.ratings)::bigint as ratings,
    median(vw_user_activity.ratings) as median_ratings,
    round(
        sum(vw_user_activity.mean_rating * vw_user_activity.ratings)
        / nullif(sum(vw_user_activity.ratings), 0),
        4
    ) as mean_rating
from main.vw_user_activity
group by vw_user_activity.cohort_id
order by vw_user_activity.cohort_id
