/*
Reviews of one source, taken from its responses as they were received, their authors' names hidden.

grain: one review: an item of a line that holds a response
keys: payload_path, payload_line, payload_item
columns:
    payload: the review as JSON; what names its author was replaced before it was landed
    subject: the user whose reviews were asked for; null where they were asked for by title
    payload_path: the landed file, relative to HOME/landing
    payload_line: the line in that file, the first being 1
    payload_item: the place of the review in the response, the first being 1
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
