/*
Every anime as models see it: what it is about, what it belongs to (started in days since 1970; franchise and
universe -1 where it stands alone), whether it may be recommended (a stub may not), whether it is adult.
*/
with genres as (
    select
        bridge_anime_genre.anime_key,
        list(bridge_anime_genre.genre order by bridge_anime_genre.genre) as genres
    from main.bridge_anime_genre
    group by bridge_anime_genre.anime_key
),

tags as (
    select
        bridge_anime_tag.anime_key,
        list(bridge_anime_tag.tag order by bridge_anime_tag.tag) as tags
    from main.bridge_anime_tag
    group by bridge_anime_tag.anime_key
),

studios as (
    select
        bridge_anime_studio.anime_key,
        list(bridge_anime_studio.studio order by bridge_anime_studio.studio) as studios
    from main.bridge_anime_studio
    group by bridge_anime_studio.anime_key
)

select
    dim_anime.anime_key,
    -- the display title is another one only where the source did not say in which language its title is
    coalesce(
        nullif(concat_ws(' ', dim_anime.title_romaji, dim_anime.title_english, dim_anime.title_native), ''),
        dim_anime.title,
        ''
    ) as titles,
    dim_anime.title is not null and dim_anime.source_count > 0 as is_recommendable,
    dim_anime.is_adult,
    coalesce(dim_anime.synopsis, '') as synopsis,
    coalesce(genres.genres, []) as genres,
    coalesce(tags.tags, []) as tags,
    coalesce(studios.studios, []) as studios,
    coalesce(dim_anime.format, '') as format,
    epoch(dim_anime.start_date) / 86400 as started,
    dim_anime.episodes::double as episodes,
    coalesce(bridge_anime_franchise.franchise_key, -1) as franchise,
    coalesce(bridge_anime_franchise.universe_key, -1) as universe
from main.dim_anime
left join genres on dim_anime.anime_key = genres.anime_key
left join tags on dim_anime.anime_key = tags.anime_key
left join studios on dim_anime.anime_key = studios.anime_key
left join main.bridge_anime_franchise on dim_anime.anime_key = bridge_anime_franchise.anime_key
order by dim_anime.anime_key
