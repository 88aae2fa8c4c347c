/*
The studios of each anime: the union of what its sources name. Names that differ only in case, spaces or
points (MADHOUSE and Madhouse, J.C.STAFF and J.C. Staff) are one studio, written as it is most often written.

grain: one studio of one anime
keys: anime_key, studio
columns:
    anime_key: the anime
    studio: the studio
    source_count: how many of its sources name it
*/
with stated as (
    select
        identities.anime_key,
        records.source,
        trim(unnest(records.studios)) as studio,
        coalesce(nullif(regexp_replace(lower(studio), '[\s.,\-]', '', 'g'), ''), studio) as bare_name
    from intermediate.int_anime_unioned as records
    inner join intermediate.int_anime_identities as identities using (source, source_id)
),

counted as (
    select
        bare_name,
        studio,
        count(*) as uses
    from stated
    group by bare_name, studio
),

spellings as (
    select
        bare_name,
        studio
    from counted
    qualify row_number() over (partition by bare_name order by uses desc, studio asc) = 1
)

select
    stated.anime_key,
    spellings.studio,
    count(distinct stated.source)::integer as source_count
from stated
inner join spellings using (bare_name)
group by stated.anime_key, spellings.studio
