/*
What the evaluation hides. Where entries say when they were made: all that came at or after one moment, by
which a fifth of the positives (ratings of at least 7) did; models are scored by how high they place these.
Elsewhere: a random 20 % of each user's positives, drawn by a hash of the seed, the user and the anime.

grain: one hidden entry of one user
keys: user_key, anime_key
columns:
    user_key: whose entry
    anime_key: the anime
    is_target: whether it is to be found again; else it is only hidden, as what came after the moment without
        being a positive, or nobody knows when
*/
select
    computed.user_key::bigint as user_key,
    computed.anime_key::bigint as anime_key,
    computed.is_target::boolean as is_target
from computed
