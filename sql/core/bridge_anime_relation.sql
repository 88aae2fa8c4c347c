/*
How anime relate to each other, from the relations their sources state; relations to records of no catalogue
are left out.

grain: one relation between two anime
keys: anime_key, related_anime_key, relation_type
columns:
    anime_key: the anime
    related_anime_key: the anime it is related to
    relation_type: what the related one is to it, e.g. SEQUEL, PREQUEL, SIDE_STORY
*/
with stated as (
    select
        int_anime_identities.anime_key,
        int_anime_unioned.source,
        unnest(int_anime_unioned.relations) as relation
    from intermediate.int_anime_unioned
    inner join intermediate.int_anime_identities
        on
            int_anime_unioned.source = int_anime_identities.source
            and int_anime_unioned.source_id = int_anime_identities.source_id
)

select distinct
    stated.anime_key,
    related.anime_key as related_anime_key,
    trim(regexp_replace(upper(stated.relation.relation_type), '[^A-Z]+', '_', 'g'), '_') as relation_type
from stated
inner join intermediate.int_anime_identities as related
    on
        stated.source = related.source
        and stated.relation.source_id = related.source_id
where
    stated.anime_key <> related.anime_key
    and stated.relation.relation_type is not null
