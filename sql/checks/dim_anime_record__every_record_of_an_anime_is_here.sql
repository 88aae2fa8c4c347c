/*
Every catalogue record that bridge_anime_source names is here, as the same anime; ids that only ratings
mention have no record.

Build dim_anime_record again from the present identities.

severity: error
*/
with bridged as (
    select
        source,
        source_id,
        anime_key
    from main.bridge_anime_source
    where match_method <> 'rating_only'
)

select
    source,
    source_id,
    bridged.anime_key,
    dim_anime_record.anime_key as recorded_as
from bridged
full outer join main.dim_anime_record using (source, source_id)
where bridged.anime_key is distinct from dim_anime_record.anime_key
order by source, source_id
