/*
What each user thinks of each anime. Scores are brought to 1-10 here and nowhere else: AniList's 1-100 and
Kitsu's 2-20 are divided by 10 and 2, and what falls below 1 becomes 1. A user who rated two records that are
one anime keeps one entry: a scored one before an unscored one, then the most recent rated_at, then the
smaller source id.

grain: one anime on one user's list
keys: user_key, anime_key
group: ratings
columns:
    user_key: whose list
    anime_key: what is rated
    rating: 1-10; null for an entry without a score
    source_score: the score on the source's own scale
    status: watching, completed, on_hold, dropped, planned; null where not stated
    rated_at: when the entry last changed, UTC; null where not stated
    source_id: the record that was rated, in the source's own numbering
*/
select
    dim_user.user_key,
    int_anime_identities.anime_key,
    case entries.source
        -- not greatest(..., 1), which makes 1 of null: an entry without a score has no rating
        when 'anilist' then if(entries.source_score < 10, 1, entries.source_score / 10)
        when 'kitsu' then entries.source_score / 2
        when 'myanimelist' then if(entries.source_score < 1, 1, entries.source_score)
        else error('no scale is stated for ' || entries.source)
    end as rating,
    entries.source_score,
    entries.status,
    entries.rated_at,
    entries.source_id
from intermediate.int_ratings_unioned as entries
inner join main.dim_user
    on
        entries.source = dim_user.source
        and entries.user_id = dim_user.user_id
inner join intermediate.int_anime_identities
    on
        entries.source = int_anime_identities.source
        and entries.source_id = int_anime_identities.source_id
qualify row_number() over (
    partition by dim_user.user_key, int_anime_identities.anime_key
    order by
        entries.source_score is null,
        entries.rated_at desc nulls last,
        try_cast(entries.source_id as bigint)
) = 1
