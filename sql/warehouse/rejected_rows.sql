/*
The rows that a staging SELECT rejected, in the columns and the order of the quarantine.
*/
select
    $stage::varchar as stage,
    source::varchar as source,
    record_id::varchar as record_id,
    rejection_reason::varchar as reason,
    payload_path::varchar as payload_path,
    payload_line::bigint as payload_line,
    payload_item::bigint as payload_item,
    $run_id::varchar as run_id
from staged_rows
where rejection_reason is not null
order by payload_path, payload_line, payload_item, record_id, reason
