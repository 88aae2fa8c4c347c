/*
Every model version that was ever evaluated in this HOME, from the landed log of promotions; one is active.

grain: one version of one model
keys: model_version_id
group: models
columns:
    model_version_id: hash of model, configuration, data version and code version
    model_type: the model, e.g. ease
    trained_at: when this version was first evaluated, UTC
    data_version: hash of the ratings it learned from and, for a content model, of what the anime are about
    code_version: hash of the recommenders' code
    seed: seed of everything random in it
    parameters: its configuration, as JSON
    metrics: its held-out metrics by name, as JSON; null where it was skipped
    training: for each pass over the ratings the share (0-1) of sampled training pairs that the model ranked
        rightly after it, as JSON; null for a model that is computed in one step
    fit_seconds: processor seconds that teaching it took when it was first evaluated, without the models it is
        made of; null where it was skipped, or evaluated before this was noted
    rank_seconds: processor seconds that its lists for the evaluated users took then; null as before
    skipped_because: why it could not be taught or scored; null where it was
    is_active: whether its recommendations are the published ones
*/
select
    computed.model_version_id::varchar as model_version_id,
    computed.model_type::varchar as model_type,
    computed.trained_at::timestamptz as trained_at,
    computed.data_version::varchar as data_version,
    computed.code_version::varchar as code_version,
    computed.seed::bigint as seed,
    computed.parameters::json as parameters,
    computed.metrics::json as metrics,
    computed.training::json as training,
    computed.fit_seconds::double as fit_seconds,
    computed.rank_seconds::double as rank_seconds,
    computed.skipped_because::varchar as skipped_because,
    computed.is_active::boolean as is_active
from computed
