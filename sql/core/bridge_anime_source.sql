/*
Which anime each record of each source is. An anime holds at most one record of a source.

grain: one record of one source
keys: source, source_id
columns:
    source: anilist, kitsu or myanimelist
    source_id: the source's own id
    anime_key: the anime it is
    match_method: title_and_date, cross_id, override, single, or rating_only for an id that only ratings
        mention
    confidence: 0-1, how sure its place is: the best score of its pairs within the anime; of a record that
        stands alone one minus the best score of its pairs, 1 without any and for an id of no catalogue
*/
select
    int_anime_identities.source,
    int_anime_identities.source_id,
    int_anime_identities.anime_key,
    int_anime_identities.match_method,
    int_anime_identities.confidence
from intermediate.int_anime_identities
