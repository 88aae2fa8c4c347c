/*
int_anime_identities as it should be found then: who is who is what matching says today, and the key of a
state stands for that of the anime.
*/
select
    states.source,
    states.source_id || '@' || states.state_key as source_id,
    states.state_key as anime_key,
    identities.match_method,
    identities.confidence
from past.main.state as states
inner join intermediate.int_anime_identities as identities
    on states.source = identities.source and states.source_id = identities.source_id
