/*
What each finished crawl set out to read and how it ended; its responses lie in one landed file.

grain: one sealed crawl
keys: payload_path
columns:
    payload_path: the landed file with its responses, relative to HOME/landing
    source: the source that was asked
    stream: what was read: anime, lists or reviews
    kind: full, refresh, range or users
    started_at: when the crawl began, UTC
    ended_at: when it came to its end, UTC
    responses: replies that were kept, those that could not be used included
    accepted: replies that were used, those that say that there is no such thing included
    watermark: where the next refresh starts, as the source writes its times; null where it has none
    gone: ids that were asked for by name and that the source does not have any more
    ids: ids that the plan named one by one
    notes: facts for people, as a JSON object
    partition: the part of the source that was read, e.g. a year; null for a crawl of no certain part
    reads: of each user's list that was answered about, the name it is kept under, when, and how many records
        that gave: 0 where it is empty, may not be read, or was closed between two of its pages; null in rows
        of earlier versions
*/
select
    null::varchar as payload_path,
    null::varchar as source,
    null::varchar as stream,
    null::varchar as kind,
    null::timestamptz as started_at,
    null::timestamptz as ended_at,
    null::bigint as responses,
    null::bigint as accepted,
    null::varchar as watermark,
    null::varchar[] as gone,
    null::varchar[] as ids,
    null::json as notes,
    null::varchar as partition,
    null::struct(subject varchar, read_at timestamptz, records bigint)[] as reads
where false
