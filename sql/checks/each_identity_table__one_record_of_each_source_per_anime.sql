/*
An anime holds at most one record of each source: two records of one source are two works in that source's
own eyes.

fact_match_candidate shows why the records were matched; sql/seeds/match_overrides.csv keeps them apart for
good.

severity: error
*/
select
    identities.anime_key,
    identities.source,
    list(identities.source_id order by identities.source_id) as source_ids
from query_table($checked_table) as identities
group by identities.anime_key, identities.source
having count(distinct identities.source_id) > 1
order by identities.anime_key, identities.source
