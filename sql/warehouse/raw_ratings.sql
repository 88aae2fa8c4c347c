/*
Ratings of one source exactly as landed, every value as text. Of the files of one month only the newest is
held, which so replaces the one before for everybody, also where it has no entries any more.

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
    month: the month, as 2024-04, whose changes the file holds; null for whole lists
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
    null::timestamptz as captured_at,
    null::varchar as month
where false
