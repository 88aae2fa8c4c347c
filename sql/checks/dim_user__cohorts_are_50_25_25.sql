/*
Cohorts hold 50, 25 and 25 % of the users, within 3 points or, among few users, within four standard errors.

Cohorts come from a hash, so a skew means that user ids are skewed in a way the hash lets through.
Experiments on such cohorts compare unlike groups.

severity: warn
*/
with planned (cohort_id, planned_share) as (
    values
    ('control', 0.50),
    ('treatment_a', 0.25),
    ('treatment_b', 0.25)
),

total as (
    select count(*) as users
    from main.dim_user
),

found as (
    select
        planned.cohort_id,
        planned.planned_share,
        count(dim_user.user_key) as users
    from planned
    left join main.dim_user on planned.cohort_id = dim_user.cohort_id
    group by planned.cohort_id, planned.planned_share
)

select
    found.cohort_id,
    found.users,
    round(found.users / total.users, 4) as share,
    found.planned_share
from found
cross join total
where
    total.users > 0
    and abs(found.users / total.users - found.planned_share)
    > greatest(0.03, 4 * sqrt(found.planned_share * (1 - found.planned_share) / total.users))
order by found.cohort_id
