/*
Rows that staging refused, each with the reason and the place of its payload in the landing files.

grain: one refused record
keys: stage, payload_path, payload_line, payload_item, record_id
columns:
    stage: the staging table that refused the row
    source: the source the row came from
    record_id: the row's id as the source wrote it; null when it has none
    reason: why it was refused, in words
    payload_path: the landed file, relative to HOME/landing
    payload_line: the line in that file, the first being 1
    payload_item: the place of the record in that line's response, the first being 1; null for recordings
    run_id: the run that refused it
*/
select
    null::varchar as stage,
    null::varchar as source,
    null::varchar as record_id,
    null::varchar as reason,
    null::varchar as payload_path,
    null::bigint as payload_line,
    null::bigint as payload_item,
    null::varchar as run_id
where false
