/*
Catalogue records of one source exactly as landed, broken lines of recordings included.

grain: one record: a line of a recording, or an item of a line that holds a response
keys: payload_path, payload_line, payload_item
columns:
    payload: the record as JSON; of a recording the line as it was landed, without its line end, where
        bytes that are no UTF-8 became U+FFFD
    subject: null, since a catalogue is about nobody
    payload_path: the landed file, relative to HOME/landing
    payload_line: the line in that file, the first being 1
    payload_item: the place of the record in the response, the first being 1; null for recordings, which
        have one record a line
    captured_at: when the response was received, or the recording was made, UTC
*/
select
    null::varchar as payload,
    null::varchar as subject,
    null::varchar as payload_path,
    null::bigint as payload_line,
    null::bigint as payload_item,
    null::timestamptz as captured_at
where false
