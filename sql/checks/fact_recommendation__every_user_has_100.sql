/*
Every user has 100 recommendations, fewer only when models know fewer anime that are left for them.

Build fact_recommendation again; if that does not help, see what the asset leaves out.

severity: error
*/
with catalogue as (
    select
        dim_anime.anime_key,
        dim_anime.is_adult
    from main.dim_anime
    inner join ml.training_item on dim_anime.anime_key = training_item.anime_key
    where dim_anime.source_count > 0 and coalesce(trim(dim_anime.title), '') <> ''
),

offered as (
    select
        count(*) as titles,
        count(*) filter (where catalogue.is_adult) as adult_titles
    from catalogue
),

seen as (
    select
        fact_user_rating.user_key,
        count(*) as titles,
        count(*) filter (where catalogue.is_adult) as adult_titles,
        coalesce(bool_or(catalogue.is_adult and fact_user_rating.rating >= 7), false) as wants_adult
    from main.fact_user_rating
    inner join catalogue on fact_user_rating.anime_key = catalogue.anime_key
    where fact_user_rating.rating is not null or coalesce(fact_user_rating.status, '') <> 'planned'
    group by fact_user_rating.user_key
),

recommended as (
    select
        fact_recommendation.user_key,
        count(*) as titles
    from main.fact_recommendation
    group by fact_recommendation.user_key
),

expected as (
    select
        dim_user.user_key,
        coalesce(recommended.titles, 0) as recommendations,
        offered.titles - coalesce(seen.titles, 0)
        - if(coalesce(seen.wants_adult, false), 0, offered.adult_titles - coalesce(seen.adult_titles, 0))
            as recommendable
    from main.dim_user
    cross join offered
    left join seen on dim_user.user_key = seen.user_key
    left join recommended on dim_user.user_key = recommended.user_key
)

select *
from expected
where expected.recommendations <> least(100, expected.recommendable)
order by expected.user_key
