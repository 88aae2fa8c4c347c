/*
Every user, also those without anything to learn from, with the cohort and whether adult titles may be shown
to them: only to those who rated one 7 or more.
*/
select
    dim_user.user_key,
    dim_user.cohort_id,
    coalesce(bool_or(dim_anime.is_adult and fact_user_rating.rating >= 7), false) as wants_adult
from main.dim_user
left join main.fact_user_rating on dim_user.user_key = fact_user_rating.user_key
left join main.dim_anime on fact_user_rating.anime_key = dim_anime.anime_key
group by dim_user.user_key, dim_user.cohort_id
order by dim_user.user_key
