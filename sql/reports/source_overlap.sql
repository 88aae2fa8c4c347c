/*
How many anime stand in exactly which catalogues.
*/
with held as (
    select
        bridge_anime_source.anime_key,
        list_sort(list(distinct bridge_anime_source.source)) as sources
    from main.bridge_anime_source
    where bridge_anime_source.match_method <> 'rating_only'
    group by bridge_anime_source.anime_key
)

select
    array_to_string(held.sources, ',') as sources,
    count(*) as anime
from held
group by held.sources
order by
    anime desc,
    sources asc
