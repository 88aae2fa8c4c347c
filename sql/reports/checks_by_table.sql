/*
How the checks of each table went when they were last made, the tables with broken ones first.
*/
with newest as (
    select check_result.*
    from quality.check_result
    qualify
        row_number() over (
            partition by check_result.table_name, check_result.check_name
            order by check_result.checked_at desc, check_result.run_id desc
        ) = 1
)

select
    newest.table_name,
    count(*) as checks,
    count(*) filter (where not newest.passed and newest.severity = 'error') as errors,
    count(*) filter (where not newest.passed and newest.severity = 'warn') as warnings,
    coalesce(sum(newest.failing_rows) filter (where not newest.passed), 0)::bigint as failing_rows,
    max(newest.checked_at) as checked_at,
    coalesce(
        string_agg(newest.check_name, ', ' order by newest.check_name) filter (where not newest.passed), ''
    ) as broken
from newest
group by newest.table_name
order by
    errors desc,
    warnings desc,
    newest.table_name asc
