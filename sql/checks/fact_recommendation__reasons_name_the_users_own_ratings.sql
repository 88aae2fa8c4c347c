/*
Reasons are true: the titles that carried a recommendation stand on the user's list, with the rating that is
stated.

The ratings are newer than the recommendations: build fact_recommendation again.

severity: error
*/
with carriers as (
    select
        fact_recommendation.user_key,
        fact_recommendation.rank,
        unnest(fact_recommendation.because) as carrier
    from main.fact_recommendation
),

stated as (
    select
        carriers.user_key,
        carriers.rank,
        carriers.carrier.anime_key as anime_key,
        carriers.carrier.rating as rating
    from carriers
)

select
    stated.user_key,
    stated.rank,
    stated.anime_key,
    stated.rating,
    fact_user_rating.rating as present_rating
from stated
left join main.fact_user_rating
    on
        stated.user_key = fact_user_rating.user_key
        and stated.anime_key = fact_user_rating.anime_key
where
    fact_user_rating.user_key is null
    or (stated.rating is null) <> (fact_user_rating.rating is null)
    -- models know ratings as 32-bit numbers
    or abs(stated.rating - fact_user_rating.rating) > 0.0001
order by stated.user_key, stated.rank, stated.anime_key
