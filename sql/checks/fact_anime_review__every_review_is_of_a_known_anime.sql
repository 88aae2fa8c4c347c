/*
Every review that is not in quarantine is of a known anime; others are left out.

The sample names them. A title that a source has reviews of and that its catalogue does not show (adult, or
gone) has no record here; a later crawl may bring it.

severity: warn
*/
with reviews as (
    select
        stg_anilist__reviews.source,
        stg_anilist__reviews.review_id,
        stg_anilist__reviews.source_id
    from staging.stg_anilist__reviews
    union all
    select
        stg_kitsu__reviews.source,
        stg_kitsu__reviews.review_id,
        stg_kitsu__reviews.source_id
    from staging.stg_kitsu__reviews
    union all
    select
        stg_jikan__reviews.source,
        stg_jikan__reviews.review_id,
        stg_jikan__reviews.source_id
    from staging.stg_jikan__reviews
)

select reviews.*
from reviews
anti join main.fact_anime_review
    on
        reviews.source = fact_anime_review.source
        and reviews.review_id = fact_anime_review.review_id
order by reviews.source, reviews.review_id
