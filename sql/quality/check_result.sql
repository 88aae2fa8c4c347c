/*
What each data-quality check said in each run.

grain: one check of one table in one run
keys: run_id, table_name, check_name
columns:
    run_id: the run that checked
    table_name: the checked table
    check_name: the rule, written as what should hold
    severity: error stops what comes after and the publishing, warn does not
    passed: whether the rule held
    failing_rows: how many rows broke it
    checked_at: when it was checked, UTC
*/
select
    null::varchar as run_id,
    null::varchar as table_name,
    null::varchar as check_name,
    null::varchar as severity,
    null::boolean as passed,
    null::bigint as failing_rows,
    null::timestamptz as checked_at
where false
