/*
Animated titles of IMDb's title.basics as landed, every value as text. Only the newest landed file is held,
and of it only titles whose genres name Animation and that are no single episode.

grain: one line of the landed file
keys: payload_path, payload_line
columns:
    tconst: IMDb id, e.g. tt0213338
    title_type: kind of title, e.g. tvSeries or movie
    primary_title: the title it is known by
    original_title: the title in its own language
    is_adult: 0 or 1
    start_year: year of its release or first episode; null where IMDb has none
    end_year: year of a series' last episode; null where there is none
    runtime_minutes: minutes, of a series usually of one episode
    genres: up to three genres, joined by commas
    payload_path: the landed file, relative to HOME/landing
    payload_line: the line in that file, the header being 1
    captured_at: when the file was read at the source, UTC
*/
select
    null::varchar as tconst,
    null::varchar as title_type,
    null::varchar as primary_title,
    null::varchar as original_title,
    null::varchar as is_adult,
    null::varchar as start_year,
    null::varchar as end_year,
    null::varchar as runtime_minutes,
    null::varchar as genres,
    null::varchar as payload_path,
    null::bigint as payload_line,
    null::timestamptz as captured_at
where false
