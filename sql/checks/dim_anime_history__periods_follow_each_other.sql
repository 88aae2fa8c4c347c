/*
The periods of an anime are numbered from 1 without gaps, each ends on the day on which the next begins, and
exactly the last one lasts.

Build dim_anime_history again; if it stays, int_anime_past holds two states of an anime on one day.

severity: error
*/
with numbered as (
    select
        anime_key,
        version,
        valid_from,
        valid_to,
        is_current,
        row_number() over (partition by anime_key order by valid_from, version) as expected_version,
        lead(valid_from) over (partition by anime_key order by valid_from, version) as expected_end
    from main.dim_anime_history
)

select *
from numbered
where
    version <> expected_version
    or valid_to is distinct from expected_end
    or is_current <> (expected_end is null)
    or valid_from >= valid_to
order by anime_key, version
