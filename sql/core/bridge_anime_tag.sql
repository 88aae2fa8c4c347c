/*
The tags of each anime with their weight, the largest any of its sources gives; tags that differ only in upper
and lower case are one.

grain: one tag of one anime
keys: anime_key, tag
columns:
    anime_key: the anime
    tag: the tag
    weight: 0-1, how strongly it applies; null where no source weighs it
    is_spoiler: whether a source calls it a spoiler
*/
with stated as (
    select
        identities.anime_key,
        unnest(records.tags) as tag
    from intermediate.int_anime_unioned as records
    inner join intermediate.int_anime_identities as identities using (source, source_id)
),

spellings as (
    select
        lower(trim(tag.name)) as alias,
        min(trim(tag.name)) as tag
    from stated
    group by lower(trim(tag.name))
)

select
    stated.anime_key,
    spellings.tag,
    max(stated.tag.weight) as weight,
    bool_or(stated.tag.is_spoiler) as is_spoiler
from stated
inner join spellings on lower(trim(stated.tag.name)) = spellings.alias
group by stated.anime_key, spellings.tag
