/*
A record of a source is one anime, never two.

The sample names the records. Matching must put each record into exactly one cluster: look at the asset that
fills int_anime_identities.

severity: error
*/
select
    identities.source,
    identities.source_id,
    list(distinct identities.anime_key order by identities.anime_key) as anime_keys
from query_table($checked_table) as identities
group by identities.source, identities.source_id
having count(distinct identities.anime_key) > 1
order by identities.source, identities.source_id
