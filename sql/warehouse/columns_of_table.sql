/*
The columns of one table or view in their order, with type and comment ('' where there is none).
*/
select
    column_name,
    data_type,
    coalesce(comment, '') as comment
from duckdb_columns()
where
    database_name = coalesce($database, current_database())
    and schema_name = $schema
    and table_name = $name
order by column_index
