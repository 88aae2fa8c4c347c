/*
Why each model version did, or did not, become the active one, from the landed log of promotions. The rules
compare every version measured on a day's data with the one that serves; what a person says outranks them
until it is taken back. An equal comparison is landed once.

grain: one decision
keys: decision_number
group: models
columns:
    decision_number: order of decisions, from 1
    decided_at: when, UTC
    model_version_id: the version it is about: the challenger of a comparison
    model_type: its model, e.g. ease
    champion_version_id: the version that served; null where nothing was compared
    champion_type: its model; null where nothing was compared
    decision: promoted; kept (the champion stays); continued (promoted without a comparison: the champion's
        model, taught on new data); released (a person let the rules decide again)
    decided_by: rules, or the person
    difference: NDCG@10, challenger minus champion, on the same users; null where nothing was compared
    ci_low: lower end of its paired 95 % interval
    ci_high: upper end of its paired 95 % interval
    reason: why, in words
*/
select
    computed.decision_number::bigint as decision_number,
    computed.decided_at::timestamptz as decided_at,
    computed.model_version_id::varchar as model_version_id,
    computed.model_type::varchar as model_type,
    computed.champion_version_id::varchar as champion_version_id,
    computed.champion_type::varchar as champion_type,
    computed.decision::varchar as decision,
    computed.decided_by::varchar as decided_by,
    computed.difference::double as difference,
    computed.ci_low::double as ci_low,
    computed.ci_high::double as ci_high,
    computed.reason::varchar as reason
from computed
