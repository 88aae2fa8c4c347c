/*
Everybody's list after all rules, with what carried each title; fact_recommendation puts it into words. A
user's list stands as long as all that it follows from does.

grain: one recommended anime of one user
keys: user_key, rank
group: recommendations
columns:
    user_key: for whom
    rank: 1 is best
    anime_key: what is recommended
    score: the model's own score; larger is better, comparable within one user's list only
    model_version_id: the model that made the list
    share_collaborative: part of the score that comes from what other users rated alike, 0-1
    share_content: part of the score that comes from what the anime is about, 0-1
    share_popularity: part of the score that comes from popularity alone, 0-1
    because_anime_keys: the user's titles that carried it, strongest first, at most three
    because_ratings: the user's rating of each, 1-10; null where there is none
    because_shares: the part of the score that each carried, 0-1
    list_length: entries of the user's list that the model was asked with: all but planned ones, and but for
        anime it does not know
    made_from: hash of the model, of what may be recommended and of the user's entries; equal hash, equal
        list
*/
select
    computed.user_key::bigint as user_key,
    computed.rank::integer as rank,
    computed.anime_key::bigint as anime_key,
    computed.score::double as score,
    computed.model_version_id::varchar as model_version_id,
    computed.share_collaborative::double as share_collaborative,
    computed.share_content::double as share_content,
    computed.share_popularity::double as share_popularity,
    computed.because_anime_keys::bigint[] as because_anime_keys,
    computed.because_ratings::double[] as because_ratings,
    computed.because_shares::double[] as because_shares,
    computed.list_length::integer as list_length,
    computed.made_from::varchar as made_from
from computed
