/*
What a snapshot says of itself, one row for each table and view it holds.
*/
select
    snapshot_id,
    run_id,
    fingerprint,
    published_at,
    schema_name || '.' || table_name as table_name,
    row_count
from quality.publication
order by schema_name, quality.publication.table_name
