/*
Every catalogue record that is not in quarantine belongs to an anime: none is lost on the way from staging.

Build int_anime_unioned and the identities again; a new source needs its line in int_anime_unioned.

severity: error
*/
with identities as (
    select *
    from query_table($checked_table)
),

staged as (
    select
        stg_anilist__anime.source,
        stg_anilist__anime.source_id,
        stg_anilist__anime.payload_path,
        stg_anilist__anime.payload_line,
        stg_anilist__anime.payload_item
    from staging.stg_anilist__anime
    union all
    select
        stg_kitsu__anime.source,
        stg_kitsu__anime.source_id,
        stg_kitsu__anime.payload_path,
        stg_kitsu__anime.payload_line,
        stg_kitsu__anime.payload_item
    from staging.stg_kitsu__anime
    union all
    select
        stg_myanimelist__anime.source,
        stg_myanimelist__anime.source_id,
        stg_myanimelist__anime.payload_path,
        stg_myanimelist__anime.payload_line,
        stg_myanimelist__anime.payload_item
    from staging.stg_myanimelist__anime
    union all
    select
        stg_jikan__anime.source,
        stg_jikan__anime.source_id,
        stg_jikan__anime.payload_path,
        stg_jikan__anime.payload_line,
        stg_jikan__anime.payload_item
    from staging.stg_jikan__anime
)

select staged.*
from staged
anti join identities
    on
        staged.source = identities.source
        and staged.source_id = identities.source_id
        and identities.match_method <> 'rating_only'
order by staged.source, staged.source_id
