/*
Matching without cross ids held against them: the pairs of records that a cross id calls one anime, and those
that matching calls one though a cross id says otherwise. Cross ids are claims: a claim counts where both
records are at hand and no other record of the same source claims the same target.

grain: one pair of records that cross ids say something about
keys: left_source, left_source_id, right_source, right_source_id
columns:
    left_source: source of the one record
    left_source_id: its id there
    right_source: source of the other record, later in the alphabet
    right_source_id: its id there
    is_same: whether a cross id calls the two one anime; false: one calls one of them another record's twin
    is_matched: whether matching calls them one anime without knowing any cross id
*/
with claims as (
    select
        int_anime_unioned.source,
        int_anime_unioned.source_id,
        unnest(['myanimelist', 'anilist']) as other_source,
        unnest([int_anime_unioned.claimed_myanimelist_id, int_anime_unioned.claimed_anilist_id]) as other_id
    from intermediate.int_anime_unioned
),

clear as (
    select claims.*
    from claims
    semi join intermediate.int_anime_unioned as claimed
        on
            claims.other_source = claimed.source
            and claims.other_id = claimed.source_id
    where claims.source <> claims.other_source
    qualify count(*) over (partition by claims.source, claims.other_source, claims.other_id) = 1
),

twins as (
    select * from clear
    union
    select
        clear.other_source as source,
        clear.other_id as source_id,
        clear.source as other_source,
        clear.source_id as other_id
    from clear
),

matched as (
    select
        fact_match_candidate.left_source,
        fact_match_candidate.left_source_id,
        fact_match_candidate.right_source,
        fact_match_candidate.right_source_id
    from main.fact_match_candidate
    where fact_match_candidate.matched_without_cross_id
),

contested as (
    select matched.*
    from matched
    inner join twins
        on
            matched.left_source = twins.source
            and matched.left_source_id = twins.source_id
            and matched.right_source = twins.other_source
    union
    select matched.*
    from matched
    inner join twins
        on
            matched.right_source = twins.source
            and matched.right_source_id = twins.source_id
            and matched.left_source = twins.other_source
),

labels as (
    select *
    from twins
    where twins.source < twins.other_source
)

select
    coalesce(contested.left_source, labels.source) as left_source,
    coalesce(contested.left_source_id, labels.source_id) as left_source_id,
    coalesce(contested.right_source, labels.other_source) as right_source,
    coalesce(contested.right_source_id, labels.other_id) as right_source_id,
    labels.source is not null as is_same,
    contested.left_source is not null as is_matched
from contested
full outer join labels
    on
        contested.left_source = labels.source
        and contested.left_source_id = labels.source_id
        and contested.right_source = labels.other_source
        and contested.right_source_id = labels.other_id
