/*
Ratings of one source exactly as landed, every value as text.

grain: one line of a landed file
keys: payload_path, payload_line
columns:
    user_id: the user as the source names them
    anime_id: the anime in the source's own numbering
    score: the score on the source's own scale
    status: where the user stands with the title; null when the file has no such column
    updated_at: when the entry last changed; null when the file has no such column
    malformed: the whole line when it has the wrong number of fields, else null
    payload_path: the landed file, relative to HOME/landing
    payload_line: the line in that file, the header being 1
    captured_at: when the file's content was read at the source, UTC
*/
select
    null::varchar as user_id,
    null::varchar as anime_id,
    null::varchar as score,
    null::varchar as status,
    null::varchar as updated_at,
    null::varchar as malformed,
    null::varchar as payload_path,
    null::bigint as payload_line,
    null::timestamptz as captured_at
where false
