/*
The active model's 100 best anime for every user over the whole catalogue, without what the user already has
on the list (planned entries may appear), before any other rule. Quality is measured on this table.

grain: one scored anime of one user
keys: user_key, rank
group: recommendations
columns:
    user_key: for whom
    anime_key: what is scored
    model_version_id: the active model
    score: the model's own score; larger is better
    rank: 1 is best
    made_from: hash of the model, of what may be recommended and of the user's entries; equal hash, equal
        list
*/
select
    computed.user_key::bigint as user_key,
    computed.anime_key::bigint as anime_key,
    computed.model_version_id::varchar as model_version_id,
    computed.score::double as score,
    computed.rank::integer as rank,
    computed.made_from::varchar as made_from
from computed
