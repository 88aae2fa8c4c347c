/*
How good each model is for people it was never trained on, where ml.evaluation_holdout hides a share of each
user's own positives. A fifth of the users, drawn by a hash of the seed and the user, is kept out of teaching;
when asked, their lists lack 20 % of their positives, which are to be found. Segments and intervals are those
of main.fact_model_metric, which holds these rows beside its own. Empty where the evaluation is by time: that
asks for users without a past as well.

grain: one metric at one depth of one model version, in one segment of the users that were kept out
keys: model_version_id, protocol, metric, k
columns:
    model_version_id: the model version, taught here on four fifths of the users
    model_type: the model, e.g. ease
    protocol: split, positives, candidates and seed in words, and the segment if it is one
    segment: discovery, long tail or cold start; '' = all users and targets
    metric: as in main.fact_model_metric; of its differences only those to popularity
    k: depth of the list
    value: mean over the users
    ci_low: lower end of the 95 % interval; null where none is defined
    ci_high: upper end of the 95 % interval; null where none is defined
    users: users of whom the figure is a mean
*/
select
    computed.model_version_id::varchar as model_version_id,
    computed.model_type::varchar as model_type,
    computed.protocol::varchar as protocol,
    computed.segment::varchar as segment,
    computed.metric::varchar as metric,
    computed.k::integer as k,
    computed.value::double as value,
    computed.ci_low::double as ci_low,
    computed.ci_high::double as ci_high,
    computed.users::integer as users
from computed
