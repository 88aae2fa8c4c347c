/*
Entries of users' lists of one source, taken from its responses as they were received.

grain: one entry: an item of a line that holds a response
keys: payload_path, payload_line, payload_item
columns:
    payload: the entry as JSON
    subject: the user whose list it is: the salted hash of the name, or the name where the settings ask for it
    payload_path: the landed file, relative to HOME/landing
    payload_line: the line in that file, the first being 1
    payload_item: the place of the entry in the response, the first being 1
    captured_at: when the response was received, UTC
*/
select
    null::varchar as payload,
    null::varchar as subject,
    null::varchar as payload_path,
    null::bigint as payload_line,
    null::bigint as payload_item,
    null::timestamptz as captured_at
where false
