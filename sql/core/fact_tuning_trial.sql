/*
Every configuration that `osusume models tune` has tried in a search that came to its end, from
landing/osusume/tunings. A search looks at the training part of the evaluation alone; what it calls best is
compared with the default configuration on ratings that no trial was ranked by.

grain: one trial of one search
keys: study, number
group: models
columns:
    study: the search, the same for equal data, code, seed and search space
    number: order of trials, from 0, which is the default configuration
    model_type: the model, e.g. ease
    outcome: finished; pruned (given up after a part of its passes); failed
    ndcg_at_10: mean NDCG@10 on what the search hides, 0-1; null where it did not finish
    parameters: the values of the fields that are searched, as JSON
    problem: why it failed; null where it did not
    is_best: whether the search found nothing better
    is_adopted: whether it beats the default beyond the paired 95 % interval, so that the model is taught with
        it from then on
    finished_at: when the search came to its end, UTC
*/
select
    computed.study::varchar as study,
    computed.number::integer as number,
    computed.model_type::varchar as model_type,
    computed.outcome::varchar as outcome,
    computed.ndcg_at_10::double as ndcg_at_10,
    computed.parameters::json as parameters,
    computed.problem::varchar as problem,
    computed.is_best::boolean as is_best,
    computed.is_adopted::boolean as is_adopted,
    computed.finished_at::timestamptz as finished_at
from computed
