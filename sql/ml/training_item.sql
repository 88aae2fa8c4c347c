/*
Every anime as models learn it: what it is about, what it belongs to, whether it may be recommended (a stub
may not). It is that of the day on which models were taught: it is made again, together with
ml.training_entry, once what it would hold differs by enough, at once when somebody is forgotten, or when the
job train_models asks.

grain: one anime
keys: anime_key
columns:
    anime_key: the anime, by the key it had then
    lasting_id: what stands for it when chance decides what models are asked for: a 53-bit number from the
        source and id of one record (MyAnimeList's where there is one, which lists nearly all), the same in
        every warehouse as keys are not
    titles: its main titles in all languages, one after the other
    is_recommendable: whether it is in a catalogue and has a title
    synopsis: what happens in it; '' where unknown
    genres: its genres in alphabetical order
    tags: its tags in alphabetical order
    studios: its studios in alphabetical order
    format: TV, MOVIE and so on; '' where unknown
    started: its first day, in days since 1970; null where unknown
    episodes: how many; null where unknown
    franchise: its franchise_key; -1 where it stands alone
    universe: its universe_key; -1 where it stands alone
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
),

records as (
    select
        bridge_anime_source.anime_key,
        -- in the order of letters, MyAnimeList comes last
        max(bridge_anime_source.source || ':' || bridge_anime_source.source_id) as record
    from main.bridge_anime_source
    group by bridge_anime_source.anime_key
)

select
    dim_anime.anime_key,
    (md5_number_lower(records.record) >> 11)::bigint as lasting_id,
    -- the display title is another one only where the source did not say in which language its title is
    coalesce(
        nullif(concat_ws(' ', dim_anime.title_romaji, dim_anime.title_english, dim_anime.title_native), ''),
        dim_anime.title,
        ''
    ) as titles,
    dim_anime.title is not null and dim_anime.source_count > 0 as is_recommendable,
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
inner join records on dim_anime.anime_key = records.anime_key
left join genres on dim_anime.anime_key = genres.anime_key
left join tags on dim_anime.anime_key = tags.anime_key
left join studios on dim_anime.anime_key = studios.anime_key
left join main.bridge_anime_franchise on dim_anime.anime_key = bridge_anime_franchise.anime_key
