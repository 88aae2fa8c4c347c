/*
Every record of an anime stands in a catalogue, unless only ratings mention it: rating_only says which.

A record that is in a catalogue but called rating_only, or the reverse, means that identities are older than
staging: build the identities again.

severity: error
*/
with identities as (
    select *
    from query_table($checked_table)
)

select
    identities.source,
    identities.source_id,
    identities.anime_key,
    identities.match_method
from identities
left join intermediate.int_anime_unioned
    on
        identities.source = int_anime_unioned.source
        and identities.source_id = int_anime_unioned.source_id
where (int_anime_unioned.source_id is null) <> (identities.match_method = 'rating_only')
order by identities.source, identities.source_id
