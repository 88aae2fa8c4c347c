/*
What the evaluation hides: a random 20 % of each user's positives (ratings of at least 7), drawn by a hash of
the seed, the user and the anime. Models are scored by how high they place these.

grain: one hidden rating of one user
keys: user_key, anime_key
columns:
    user_key: whose rating
    anime_key: the anime that is to be found again
*/
select
    computed.user_key::bigint as user_key,
    computed.anime_key::bigint as anime_key
from computed
