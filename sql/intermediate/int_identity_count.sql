/*
What is counted of identity as it stands, for fact_match_metric, which says what each figure means.

grain: one thing that is counted
keys: metric
columns:
    metric: what is counted
    counted: how many
    among: among how many; null for a plain count
*/
with claimed as (
    select
        unnest([judged.left_source, judged.right_source]) as source,
        unnest([judged.left_source_id, judged.right_source_id]) as source_id,
        unnest([judged.right_source, judged.left_source]) as other_source,
        unnest([judged.right_source_id, judged.left_source_id]) as other_id
    from intermediate.int_match_judged as judged
    where judged.is_same
),

claimed_anime as (
    select
        mine.anime_key,
        bool_or(coalesce(other.source_id <> claimed.other_id, false)) as is_over_merged
    from claimed
    inner join intermediate.int_anime_identities as mine
        on
            claimed.source = mine.source
            and claimed.source_id = mine.source_id
    left join intermediate.int_anime_identities as other
        on
            mine.anime_key = other.anime_key
            and claimed.other_source = other.source
    group by mine.anime_key
),

over_merged as (
    select
        count(*) filter (where claimed_anime.is_over_merged) as merged,
        count(*) as anime
    from claimed_anime
),

kept as (
    select
        count(*) filter (where identities.anime_key is distinct from leads.current_anime_key) as changed,
        -- the published key leads to today's, and is another one
        count(*) filter (
            where leads.current_anime_key = identities.anime_key and leads.anime_key <> identities.anime_key
        ) as redirected
    from intermediate.int_published_record as published
    inner join intermediate.int_anime_identities as identities
        on
            published.source = identities.source
            and published.source_id = identities.source_id
    left join main.vw_anime_key as leads on published.anime_key = leads.anime_key
),

sizes as (
    select
        count(*) as records,
        count(distinct identities.anime_key) as anime
    from intermediate.int_anime_identities as identities
    where identities.match_method <> 'rating_only'
),

pairs as (
    select
        count(*) as compared,
        count(*) filter (where fact_match_candidate.decision = 'review') as waiting
    from main.fact_match_candidate
)

select
    unnest([
        'over_merge_rate',
        'review_queue_size',
        'review_queue_share',
        'keys_changed',
        'keys_changed_share',
        'keys_redirected',
        'keys_redirected_share',
        'pairs_compared',
        'records',
        'anime'
    ]) as metric,
    unnest([
        over_merged.merged, pairs.waiting, pairs.waiting, kept.changed, kept.changed, kept.redirected,
        kept.redirected, pairs.compared, sizes.records, sizes.anime
    ]) as counted,
    unnest([
        over_merged.anime, null, sizes.records, null, sizes.records, null, sizes.records, null, null, null
    ]) as among
from over_merged
cross join kept
cross join sizes
cross join pairs
