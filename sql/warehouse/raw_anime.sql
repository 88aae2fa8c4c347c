/*
Catalogue records of one source exactly as landed, broken lines included.

grain: one line of a landed file
keys: payload_path, payload_line
columns:
    payload: the line as it was landed, without its line end; bytes that are no UTF-8 became U+FFFD
    payload_path: the landed file, relative to HOME/landing
    payload_line: the line in that file, the first being 1
    captured_at: when the file's content was read at the source, UTC
*/
select
    null::varchar as payload,
    null::varchar as payload_path,
    null::bigint as payload_line,
    null::timestamptz as captured_at
where false
