/*
No record counts as gone that its source has given since it was missed first.

Build fact_source_tombstone again from the present staging tables.

severity: error
*/
with given as (
    select
        stg_anilist__anime.source,
        stg_anilist__anime.source_id,
        stg_anilist__anime.captured_at
    from staging.stg_anilist__anime
    union all
    select
        stg_kitsu__anime.source,
        stg_kitsu__anime.source_id,
        stg_kitsu__anime.captured_at
    from staging.stg_kitsu__anime
    union all
    select
        stg_myanimelist__anime.source,
        stg_myanimelist__anime.source_id,
        stg_myanimelist__anime.captured_at
    from staging.stg_myanimelist__anime
)

select
    fact_source_tombstone.source,
    fact_source_tombstone.source_id,
    fact_source_tombstone.first_missed_at,
    given.captured_at as given_at
from main.fact_source_tombstone
inner join given
    on
        fact_source_tombstone.source = given.source
        and fact_source_tombstone.source_id = given.source_id
        and fact_source_tombstone.first_missed_at < given.captured_at
order by fact_source_tombstone.source, fact_source_tombstone.source_id
