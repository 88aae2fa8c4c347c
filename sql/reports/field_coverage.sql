/*
For each field of the catalogue: the share of each source's records that state it, the share of anime that
have it in the end, and how often sources contradict each other about it.
*/
with held as (
    select
        bridge_anime_source.source,
        count(*) as records
    from main.bridge_anime_source
    where bridge_anime_source.match_method <> 'rating_only'
    group by bridge_anime_source.source
),

catalogue as (
    select count(*) as anime
    from main.dim_anime
    where dim_anime.source_count > 0
),

whole as (
    select
        fact_anime_field.field,
        count(distinct fact_anime_field.anime_key) as anime,
        count(distinct fact_anime_field.anime_key) filter (where fact_anime_field.is_disputed) as disputed
    from main.fact_anime_field
    group by fact_anime_field.field
),

stated as (
    select
        fact_anime_field.field,
        fact_anime_field.source,
        count(*) as stating,
        count(*) filter (where fact_anime_field.is_winner) as winning
    from main.fact_anime_field
    group by
        fact_anime_field.field,
        fact_anime_field.source
)

select
    whole.field,
    held.source,
    coalesce(stated.stating, 0) as stating,
    coalesce(stated.winning, 0) as winning,
    round(coalesce(stated.stating, 0) / held.records, 6) as stated_share,
    whole.anime,
    whole.disputed,
    catalogue.anime as catalogue_anime
from whole
cross join held
cross join catalogue
left join stated
    on
        whole.field = stated.field
        and held.source = stated.source
order by
    whole.field,
    held.source
