/*
The tables that people query, with their size.
*/
select
    publication.table_name,
    publication.row_count
from quality.publication
where
    publication.schema_name = 'main'
    and publication.kind = 'table'
order by publication.table_name
