/*
One recommendation followed back: which of the user's own ratings carried it, how much each, and which records
of which source these are. Taken here: the first recommendation of the busiest user; put another user_key or
rank into `wanted`.
*/
with busiest as (
    select user_key
    from main.fact_user_rating
    group by user_key
    order by count(*) desc, user_key asc
    limit 1
),

wanted as (
    select fact_recommendation.*
    from main.fact_recommendation
    inner join busiest using (user_key)
    where fact_recommendation.rank = 1
),

carriers as (
    select
        wanted.user_key,
        wanted.anime_key as recommended_key,
        wanted.reason,
        unnest(wanted.because) as carrier
    from wanted
)

select
    recommended.title as recommended,
    carriers.reason,
    carriers.carrier.title as because_of,
    carriers.carrier.rating as your_rating,
    round(carriers.carrier.share, 3) as share,
    string_agg(records.source || ':' || records.source_id, ', ' order by records.source asc) as records
from carriers
inner join main.dim_anime as recommended on carriers.recommended_key = recommended.anime_key
left join main.bridge_anime_source as records on carriers.carrier.anime_key = records.anime_key
group by all
order by share desc, because_of asc
