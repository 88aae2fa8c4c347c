/*
Which anime each record is: the answer of matching, with lasting keys from the registry
(landing/osusume/key_events). Ids that only ratings mention stand here too, as anime of their own, until a
catalogue knows them.

grain: one record of one source
keys: source, source_id
columns:
    source: anilist, kitsu or myanimelist
    source_id: the source's own id
    anime_key: the anime it is
    match_method: how it was found: title_and_date, cross_id, override, single, or rating_only for an id of no
        catalogue
    confidence: 0-1, how sure its place is: the best score of its pairs within the anime; of a record that
        stands alone one minus the best score of its pairs, 1 without any and for an id of no catalogue
*/
select
    computed.source::varchar as source,
    computed.source_id::varchar as source_id,
    computed.anime_key::bigint as anime_key,
    computed.match_method::varchar as match_method,
    computed.confidence::double as confidence
from computed
