/*
How good each model's held-out lists are, measured as ml.evaluation_holdout says, with 95 % intervals by
bootstrap over users, over everybody and in segments, which stand behind the protocol after a comma:

- discovery: what shares a franchise with anything known of the user is taken out of lists and targets;
- long tail: targets outside the most popular anime that together have 80 % of the known entries;
- cold start: users of whom at most 10 entries are known.

Rows that do not decide are those of ml.held_out_user_metric and what osusume models evaluate or ablate kept.
Rows named <metric>_minus_popularity and <metric>_minus_best_single are paired differences on the same users,
to the popularity model and to the single model with the best NDCG@10. Where a kind of information is taken
from a model (osusume models ablate --keep) the protocol ends in what is left out, and <metric>_minus_complete
is the paired difference to the same model with all of it.

grain: one metric at one depth of one model version under one protocol
keys: model_version_id, protocol, metric, k
group: models
columns:
    model_version_id: the model version
    model_type: the model, e.g. ease
    protocol: split, positives, candidates and seed in words, and the segment if it is one
    segment: discovery, long tail or cold start; '' = all users and targets
    decides: whether it was measured on what ml.evaluation_holdout hides, by which models are promoted; else
        under another protocol
    metric: ndcg, recall, precision, map, mrr, hit_rate; coverage, gini, novelty (bits), intra_list_diversity
        (1 - mean cosine of genres and tags), calibration_kl (nats, 0 = the genres of the user's own list); or
        one of them minus popularity, the best single or the complete model
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
    computed.decides::boolean as decides,
    computed.metric::varchar as metric,
    computed.k::integer as k,
    computed.value::double as value,
    computed.ci_low::double as ci_low,
    computed.ci_high::double as ci_high,
    computed.users::integer as users
from computed
-- somebody may have kept what osusume models evaluate says of the same users
anti join ml.held_out_user_metric using (model_version_id, protocol)
union all by name
select
    held_out_user_metric.model_version_id,
    held_out_user_metric.model_type,
    held_out_user_metric.protocol,
    held_out_user_metric.segment,
    false as decides,
    held_out_user_metric.metric,
    held_out_user_metric.k,
    held_out_user_metric.value,
    held_out_user_metric.ci_low,
    held_out_user_metric.ci_high,
    held_out_user_metric.users
from ml.held_out_user_metric
semi join computed using (model_version_id)
