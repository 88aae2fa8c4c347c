/*
The captures of one service that history is made of: what anime that were captured on more than one day were
like on each of these days. Of several captures of a record on one day the last one counts. `capture_id` names
the capture where the statements of staging expect the id of a record.
*/
with restless as (
    select anime_key
    from main.fact_anime_metrics
    group by anime_key
    having count(distinct day) > 1
)

select
    $service as service,
    identities.anime_key,
    captured.source,
    captured.source_id,
    captured.payload_path,
    cast(captured.captured_at as date) as day,
    concat_ws('|', $service, captured.source_id, captured.payload_path) as capture_id
from query_table($captured_table) as captured
inner join intermediate.int_anime_identities as identities
    on captured.source = identities.source and captured.source_id = identities.source_id
semi join restless on identities.anime_key = restless.anime_key
qualify row_number() over (
    partition by captured.source, captured.source_id, day
    order by captured.captured_at desc, captured.payload_path desc
) = 1
