/*
Which anime each catalogue record is, asked of a published snapshot; ids that only ratings mention are left
out.
*/
select
    bridge_anime_source.source,
    bridge_anime_source.source_id,
    bridge_anime_source.anime_key
from main.bridge_anime_source
where bridge_anime_source.match_method <> 'rating_only'
