/*
Which landed files the raw tables hold, so that none is read twice.

grain: one loaded file
keys: path
columns:
    path: the landed file, relative to HOME/landing
    source: the source it came from
    stream: what it holds, e.g. anime or ratings
    sha256: the content it had when it was loaded; of IMDb's files and months of ratings followed by what else
        decided on their rows: that a newer file supersedes it, or the content of the title_basics that named
        the titles
    row_count: how many rows it gave
    loaded_at: when it was loaded, UTC
*/
select
    null::varchar as path,
    null::varchar as source,
    null::varchar as stream,
    null::varchar as sha256,
    null::bigint as row_count,
    null::timestamptz as loaded_at
where false
