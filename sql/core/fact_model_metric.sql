/*
How good each model's held-out lists are, measured as ml.evaluation_holdout says, with 95 % intervals by
bootstrap over users. Rows named <metric>_minus_popularity are paired differences to the popularity model on
the same users.

grain: one metric at one depth of one model version under one protocol
keys: model_version_id, protocol, metric, k
group: models
columns:
    model_version_id: the model version
    model_type: the model, e.g. ease
    protocol: split, positives, candidates and seed in words
    metric: ndcg, recall, precision, map, mrr, hit_rate, coverage, gini, novelty, or one of them minus
        popularity
    k: depth of the list
    value: mean over the evaluated users
    ci_low: lower end of the 95 % interval; null where none is defined
    ci_high: upper end of the 95 % interval; null where none is defined
    users: evaluated users
*/
select
    computed.model_version_id::varchar as model_version_id,
    computed.model_type::varchar as model_type,
    computed.protocol::varchar as protocol,
    computed.metric::varchar as metric,
    computed.k::integer as k,
    computed.value::double as value,
    computed.ci_low::double as ci_low,
    computed.ci_high::double as ci_high,
    computed.users::integer as users
from computed
