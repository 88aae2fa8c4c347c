/*
IMDb's title.ratings as landed, every value as text. Only the newest landed file is held, and of it only the
titles of raw_imdb__title_basics.

grain: one line of the landed file
keys: payload_path, payload_line
columns:
    tconst: IMDb id, e.g. tt0213338
    average_rating: weighted mean of the votes, 1.0 to 10.0
    num_votes: how many voted
    payload_path: the landed file, relative to HOME/landing
    payload_line: the line in that file, the header being 1
    captured_at: when the file was read at the source, UTC
*/
select
    null::varchar as tconst,
    null::varchar as average_rating,
    null::varchar as num_votes,
    null::varchar as payload_path,
    null::bigint as payload_line,
    null::timestamptz as captured_at
where false
