/*
The genres of each anime: the union of what its sources name, under one name where sources use several
(int_genre_aliases), and in one spelling where they differ in upper and lower case.

grain: one genre of one anime
keys: anime_key, genre
columns:
    anime_key: the anime
    genre: the genre
    source_count: how many of its sources name it
*/
with stated as (
    select
        identities.anime_key,
        records.source,
        trim(unnest(records.genres)) as genre
    from intermediate.int_anime_unioned as records
    inner join intermediate.int_anime_identities as identities using (source, source_id)
),

spellings as (
    select
        lower(genre) as alias,
        min(genre) as genre
    from stated
    group by lower(genre)
)

select
    stated.anime_key,
    coalesce(aliases.genre, spellings.genre) as genre,
    count(distinct stated.source)::integer as source_count
from stated
inner join spellings on lower(stated.genre) = spellings.alias
left join intermediate.int_genre_aliases as aliases on spellings.alias = aliases.alias
group by stated.anime_key, coalesce(aliases.genre, spellings.genre)
