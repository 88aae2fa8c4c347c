/*
Every row has a whole key: no key column is null, except the place in a response where there is none.

The sample shows the rows. A row that nothing identifies should have gone to quarantine in staging.

severity: error
*/
with whole as (
    -- a condition on several columns holds where it holds for each; its negation would do so too, and find
    -- only rows without any part of a key
    select count(*) as keyed
    from query_table($checked_table)
    where columns(lambda name: list_contains($keys, name) and name <> 'payload_item') is not null
)

select *
from query_table($checked_table)
where
    case
        when (select keyed from whole) = (select count(*) from query_table($checked_table)) then false
        else list_count(json_extract_string(
            json_array(*columns(lambda name: list_contains($keys, name) and name <> 'payload_item')), '$[*]'
        )) < len(list_filter($keys, lambda name: name <> 'payload_item'))
    end
order by all
