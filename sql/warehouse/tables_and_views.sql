/*
Every table and view of the open database, with its comment and, for a view, its statement.
*/
select
    schema_name,
    table_name,
    'table' as kind,
    comment,
    '' as statement
from duckdb_tables()
where database_name = current_database() and not internal and not temporary
union all by name
select
    schema_name,
    view_name as table_name,
    'view' as kind,
    comment,
    sql as statement
from duckdb_views()
where database_name = current_database() and not internal and not temporary
order by schema_name, table_name
