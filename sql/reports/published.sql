/*
The snapshot that the report is about: what it is called, who made it when, and how much stands in it.
*/
select
    publication.snapshot_id,
    publication.run_id,
    publication.published_at,
    count(*) filter (where publication.kind = 'table') as tables,
    count(*) filter (where publication.kind = 'view') as views,
    coalesce(sum(publication.row_count), 0)::bigint as stored_rows
from quality.publication
group by
    publication.snapshot_id,
    publication.run_id,
    publication.published_at
