/*
The shares that fact_match_metric said in the snapshot that readers had when the identities were made; no rows
where nothing was published. Today's figures are held against them.

grain: one figure of the published snapshot
keys: metric, scope
columns:
    metric: what was measured
    scope: all, or two sources
    value: the figure
    rule_version: version of rules and weights that it is about
*/
select
    computed.metric::varchar as metric,
    computed.scope::varchar as scope,
    computed.value::double as value,
    computed.rule_version::varchar as rule_version
from computed
