/*
Everybody's recommendations with names instead of keys, for people.

grain: one recommended anime of one user
keys: user_key, rank
columns:
    user_key: for whom
    source: whose user
    user_id: the user as the source names them
    rank: 1 is best
    anime_key: what is recommended
    title: its title
    anilist_id: its AniList id; null where AniList does not hold it
    kitsu_id: its Kitsu id; null where Kitsu does not hold it
    myanimelist_id: its MyAnimeList id; null where MyAnimeList does not hold it
    score: the model's own score; larger is better
    reason: why, in a sentence
    model_version_id: the model that made the list
*/
with ids as (
    select
        listed.anime_key,
        max(listed.source_id) filter (where listed.source = 'anilist') as anilist_id,
        max(listed.source_id) filter (where listed.source = 'kitsu') as kitsu_id,
        max(listed.source_id) filter (where listed.source = 'myanimelist') as myanimelist_id
    from main.bridge_anime_source as listed
    group by listed.anime_key
)

select
    fact_recommendation.user_key,
    dim_user.source,
    dim_user.user_id,
    fact_recommendation.rank,
    fact_recommendation.anime_key,
    dim_anime.title,
    ids.anilist_id,
    ids.kitsu_id,
    ids.myanimelist_id,
    fact_recommendation.score,
    fact_recommendation.reason,
    fact_recommendation.model_version_id
from main.fact_recommendation
inner join main.dim_user on fact_recommendation.user_key = dim_user.user_key
inner join main.dim_anime on fact_recommendation.anime_key = dim_anime.anime_key
left join ids on fact_recommendation.anime_key = ids.anime_key
