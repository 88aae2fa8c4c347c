/*
The checks that did not hold when they were last made, with how many rows broke them, and when and in which
run that was; those that held again since are not among them.
*/
with newest as (
    select *
    from quality.check_result
    qualify
        row_number() over (
            partition by table_name, check_name
            order by checked_at desc, run_id desc
        ) = 1
)

select
    table_name,
    check_name,
    severity,
    failing_rows,
    checked_at,
    run_id
from newest
where not passed
order by severity asc, table_name asc, check_name asc
