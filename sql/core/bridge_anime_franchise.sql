/*
Which anime belong together, by the relations that sources state and by titles: parts of one story
(franchise), and all that goes under one name (universe, which holds whole franchises). An anime that stands
alone has no row.

grain: one anime that shares a franchise or a universe with another
keys: anime_key
columns:
    anime_key: the anime
    franchise_key: the same for all parts of one story, the least anime_key among them; null where it has no
        other part
    universe_key: the same for all that goes under one name, the least anime_key among them
    watch_position: its place in the franchise by first day, from 1, an unknown day last; null without one
    evidence: relation, where a source states a relation that ties it to another anime, else title
*/
select
    computed.anime_key::bigint as anime_key,
    computed.franchise_key::bigint as franchise_key,
    computed.universe_key::bigint as universe_key,
    computed.watch_position::integer as watch_position,
    computed.evidence::varchar as evidence
from computed
