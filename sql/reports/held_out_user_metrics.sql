/*
Every figure of every model on users it was never trained on.
*/
select
    held_out_user_metric.model_type,
    held_out_user_metric.protocol,
    held_out_user_metric.segment,
    held_out_user_metric.metric,
    held_out_user_metric.k,
    held_out_user_metric.value,
    held_out_user_metric.ci_low,
    held_out_user_metric.ci_high,
    held_out_user_metric.users
from ml.held_out_user_metric
order by
    held_out_user_metric.model_type,
    held_out_user_metric.protocol,
    held_out_user_metric.metric,
    held_out_user_metric.k
