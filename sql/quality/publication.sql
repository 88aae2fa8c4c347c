/*
What a published snapshot consists of; filled in the snapshot itself, empty in the warehouse.

grain: one published table or view
keys: schema_name, table_name
columns:
    snapshot_id: the snapshot, which is also the name of its file
    run_id: the run that published it
    fingerprint: the hash of the input it was made from
    published_at: when it was published, UTC
    schema_name: the schema of the table
    table_name: the name of the table or view
    kind: table or view
    row_count: how many rows a table holds; null for a view
*/
select
    null::varchar as snapshot_id,
    null::varchar as run_id,
    null::varchar as fingerprint,
    null::timestamptz as published_at,
    null::varchar as schema_name,
    null::varchar as table_name,
    null::varchar as kind,
    null::bigint as row_count
where false
