/*
IMDb's title.akas (titles by region and language) as landed, every value as text. Only the newest landed file
is held, and of it only the titles of raw_imdb__title_basics.

grain: one line of the landed file
keys: payload_path, payload_line
columns:
    title_id: IMDb id, e.g. tt0213338 (title.basics calls it tconst)
    ordering: number of this title among those of the id
    title: the title
    region: country code; null where it is of no region
    language: language code; null where not stated
    types: kinds of title, e.g. alternative or imdbDisplay, as IMDb joins them
    attributes: further words, in free text
    is_original_title: 0 or 1
    payload_path: the landed file, relative to HOME/landing
    payload_line: the line in that file, the header being 1
    captured_at: when the file was read at the source, UTC
*/
select
    null::varchar as title_id,
    null::varchar as ordering,
    null::varchar as title,
    null::varchar as region,
    null::varchar as language,
    null::varchar as types,
    null::varchar as attributes,
    null::varchar as is_original_title,
    null::varchar as payload_path,
    null::bigint as payload_line,
    null::timestamptz as captured_at
where false
