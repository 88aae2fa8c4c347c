/*
What models may learn from while they are evaluated: everything of ml.training_entry except what is hidden. It
is also what a list may not contain.

grain: one entry of one user
keys: user_key, anime_key
columns:
    user_key: whose entry
    anime_key: the anime
    rating: 1-10; null for an entry without a score
    rated_at: when the entry was made; null where unknown
*/
select
    training_entry.user_key,
    training_entry.anime_key,
    training_entry.rating,
    training_entry.rated_at
from ml.training_entry
anti join ml.evaluation_holdout
    on
        training_entry.user_key = evaluation_holdout.user_key
        and training_entry.anime_key = evaluation_holdout.anime_key
