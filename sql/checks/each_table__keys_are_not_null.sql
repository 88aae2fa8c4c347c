/*
Every row has a whole key: no key column is null, except the place in a response where there is none.

The sample shows the rows. A row that nothing identifies should have gone to quarantine in staging.

severity: error
*/
select *
from query_table($checked_table)
where not (columns(lambda name: list_contains($keys, name) and name <> 'payload_item') is not null)
order by all
