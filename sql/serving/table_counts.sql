/*
How many rows the published tables hold, and which publishing they belong to.
*/
select
    publication.schema_name,
    publication.table_name,
    publication.row_count,
    publication.snapshot_id,
    publication.run_id,
    publication.published_at
from quality.publication
where publication.row_count is not null
order by
    publication.schema_name,
    publication.table_name
