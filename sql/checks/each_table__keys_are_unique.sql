/*
No two rows have the same key: the grain is what the table's header says.

Look for a join that meets several rows on its other side, or for an input that holds something twice.

severity: error
*/
select
    columns(lambda name: list_contains($keys, name)),
    count(*) as rows_with_this_key
from query_table($checked_table)
group by all
having count(*) > 1
order by all
