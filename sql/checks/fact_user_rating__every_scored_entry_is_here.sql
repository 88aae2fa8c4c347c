/*
Every score that is not in quarantine is here, or another score that the same user gave to the same anime.

The sample names the landed lines. An entry gets lost when its record belongs to no anime or its user is not
in dim_user: build those again.

severity: error
*/
with entries as (
    select
        stg_anilist__ratings.source,
        stg_anilist__ratings.user_id,
        stg_anilist__ratings.source_id,
        stg_anilist__ratings.source_score,
        stg_anilist__ratings.payload_path,
        stg_anilist__ratings.payload_line,
        stg_anilist__ratings.payload_item
    from staging.stg_anilist__ratings
    union all
    select
        stg_kitsu__ratings.source,
        stg_kitsu__ratings.user_id,
        stg_kitsu__ratings.source_id,
        stg_kitsu__ratings.source_score,
        stg_kitsu__ratings.payload_path,
        stg_kitsu__ratings.payload_line,
        stg_kitsu__ratings.payload_item
    from staging.stg_kitsu__ratings
    union all
    select
        stg_myanimelist__ratings.source,
        stg_myanimelist__ratings.user_id,
        stg_myanimelist__ratings.source_id,
        stg_myanimelist__ratings.source_score,
        stg_myanimelist__ratings.payload_path,
        stg_myanimelist__ratings.payload_line,
        stg_myanimelist__ratings.payload_item
    from staging.stg_myanimelist__ratings
)

select
    entries.*,
    dim_user.user_key,
    int_anime_identities.anime_key
from entries
left join main.dim_user
    on
        entries.source = dim_user.source
        and entries.user_id = dim_user.user_id
left join intermediate.int_anime_identities
    on
        entries.source = int_anime_identities.source
        and entries.source_id = int_anime_identities.source_id
left join main.fact_user_rating
    on
        dim_user.user_key = fact_user_rating.user_key
        and int_anime_identities.anime_key = fact_user_rating.anime_key
where
    entries.source_score is not null
    and fact_user_rating.rating is null
order by entries.source, entries.user_id, entries.source_id
