/*
Every user_key here is a user in dim_user.

Build this table again from the present users.

severity: error
*/
with missing as (
    select *
    from query_table($checked_table)
)

select
    missing.user_key,
    count(*) as rows_with_this_key
from missing
anti join main.dim_user on missing.user_key = dim_user.user_key
group by missing.user_key
order by missing.user_key
