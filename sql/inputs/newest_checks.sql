/*
What each check said when it was last made, those that did not hold first.
*/
select
    check_result.table_name,
    check_result.check_name,
    check_result.severity,
    check_result.passed,
    check_result.failing_rows,
    check_result.checked_at,
    check_result.run_id
from quality.check_result
qualify
    row_number() over (
        partition by check_result.table_name, check_result.check_name
        order by check_result.checked_at desc, check_result.run_id desc
    ) = 1
order by
    check_result.passed,
    check_result.severity,
    check_result.table_name,
    check_result.check_name
