/*
The 100 anime that one model, taught with ml.evaluation_input alone, recommends to each user who has a hidden
rating. The table is named after the model (ml.evaluation_ease and so on). Empty where the model could not be
taught.

grain: one recommended anime of one evaluated user
keys: user_key, rank
columns:
    model_version_id: the model, its configuration, the data and the code
    user_key: for whom
    rank: 1 is best
    anime_key: what is recommended
    score: the model's own score; larger is better, not comparable between models
*/
select
    computed.model_version_id::varchar as model_version_id,
    computed.user_key::bigint as user_key,
    computed.rank::integer as rank,
    computed.anime_key::bigint as anime_key,
    computed.score::double as score
from computed
