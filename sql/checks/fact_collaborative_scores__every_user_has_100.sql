/*
Every user has the model's 100 best, fewer only when it knows fewer anime that the user has not seen.

Build fact_collaborative_scores again; if that does not help, see what the asset leaves out.

severity: error
*/
with catalogue as (
    select dim_anime.anime_key
    from main.dim_anime
    inner join ml.training_item on dim_anime.anime_key = training_item.anime_key
    where dim_anime.source_count > 0 and coalesce(trim(dim_anime.title), '') <> ''
),

offered as (
    select count(*) as titles
    from catalogue
),

seen as (
    select
        fact_user_rating.user_key,
        count(*) as titles
    from main.fact_user_rating
    inner join catalogue on fact_user_rating.anime_key = catalogue.anime_key
    where fact_user_rating.rating is not null or coalesce(fact_user_rating.status, '') <> 'planned'
    group by fact_user_rating.user_key
),

listed as (
    select
        fact_collaborative_scores.user_key,
        count(*) as titles
    from main.fact_collaborative_scores
    group by fact_collaborative_scores.user_key
),

models as (
    select count(*) as active
    from main.dim_recommendation_model
    where dim_recommendation_model.is_active
),

expected as (
    select
        dim_user.user_key,
        coalesce(listed.titles, 0) as listed_titles,
        least(100, offered.titles - coalesce(seen.titles, 0)) as expected_titles
    from main.dim_user
    cross join offered
    left join seen on dim_user.user_key = seen.user_key
    left join listed on dim_user.user_key = listed.user_key
)

select expected.*
from expected
cross join models
where
    models.active > 0
    and expected.listed_titles <> expected.expected_titles
order by expected.user_key
