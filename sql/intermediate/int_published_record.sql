/*
Which anime each catalogue record was in the snapshot that readers had when the identities were made; no rows
where nothing was published. Today's keys are measured against it.

grain: one catalogue record of the published snapshot
keys: source, source_id
columns:
    source: anilist, kitsu or myanimelist
    source_id: the source's own id
    anime_key: the anime it was
*/
select
    computed.source::varchar as source,
    computed.source_id::varchar as source_id,
    computed.anime_key::bigint as anime_key
from computed
