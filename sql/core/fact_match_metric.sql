/*
How good identity is today, measured on every refresh. Precision and recall are those of matching that knows
no cross id, held against the cross ids at hand (which are wrong now and then themselves); the other figures
are of identity as it stands. A figure beyond what sql/checks allows keeps the snapshot from being published.

grain: one figure
keys: metric, scope
group: identity
columns:
    metric: precision_against_cross_ids (of the pairs that matching calls one anime, and cross ids say
        something about, the share they call so too); recall_against_cross_ids (the other way round);
        over_merge_rate (anime that hold another record than a cross id of theirs names, among anime with a
        cross id); review_queue_size and review_queue_share (pairs that wait for a person, for each record);
        keys_changed and keys_changed_share (records whose anime_key is neither that of the snapshot published
        before nor what that one leads to now, among records); keys_redirected and keys_redirected_share
        (records whose anime was merged into another since, among records); pairs_compared; records; anime
    scope: all, or two sources, e.g. anilist-kitsu
    value: the figure, shares 0-1; null where there is nothing to measure it on. Before anything was published
        no key has changed
    numerator: what was counted
    denominator: among how many; null for a plain count
    rule_version: version of rules and weights; null where no pair was compared
*/
with judged as (
    select
        coalesce(int_match_judged.left_source || '-' || int_match_judged.right_source, 'all') as scope,
        count(*) filter (where int_match_judged.is_same and int_match_judged.is_matched) as agreed,
        count(*) filter (where int_match_judged.is_matched) as matched,
        count(*) filter (where int_match_judged.is_same) as labelled
    from intermediate.int_match_judged
    group by grouping sets ((int_match_judged.left_source || '-' || int_match_judged.right_source), ())
),

measured as (
    select
        'precision_against_cross_ids' as metric,
        judged.scope,
        judged.agreed as numerator,
        judged.matched as denominator
    from judged
    union all
    select
        'recall_against_cross_ids' as metric,
        judged.scope,
        judged.agreed as numerator,
        judged.labelled as denominator
    from judged
    union all
    select
        int_identity_count.metric,
        'all' as scope,
        int_identity_count.counted as numerator,
        int_identity_count.among as denominator
    from intermediate.int_identity_count
)

select
    measured.metric,
    measured.scope,
    if(
        measured.denominator is null,
        measured.numerator::double,
        round(measured.numerator / nullif(measured.denominator, 0), 6)
    ) as value,
    measured.numerator,
    measured.denominator,
    (select max(fact_match_candidate.rule_version) from main.fact_match_candidate) as rule_version
from measured
