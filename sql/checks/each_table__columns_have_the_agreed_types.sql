/*
Columns that all tables share have the type agreed for them: keys BIGINT, names VARCHAR, times TIMESTAMPTZ.

Cast the column in the table's SQL file. Raw tables are left out: they hold text as it was landed.

severity: error
*/
with agreed (column_name, agreed_type) as (
    values
    ('anime_key', 'BIGINT'),
    ('related_anime_key', 'BIGINT'),
    ('similar_anime_key', 'BIGINT'),
    ('other_key', 'BIGINT'),
    ('user_key', 'BIGINT'),
    ('source', 'VARCHAR'),
    ('source_id', 'VARCHAR'),
    ('user_id', 'VARCHAR'),
    ('model_version_id', 'VARCHAR'),
    ('rating', 'DOUBLE'),
    ('rank', 'INTEGER')
),

found as (
    select
        concat(duckdb_columns.schema_name, '.', duckdb_columns.table_name) as table_name,
        duckdb_columns.column_name,
        duckdb_columns.data_type,
        case
            when duckdb_columns.column_name like '%\_at' escape '\' then 'TIMESTAMP WITH TIME ZONE'
            else agreed.agreed_type
        end as agreed_type
    from duckdb_columns()
    left join agreed on duckdb_columns.column_name = agreed.column_name
    where
        duckdb_columns.database_name = current_database()
        and duckdb_columns.schema_name <> 'raw'
)

select *
from found
where
    found.table_name = $checked_table
    and found.data_type <> found.agreed_type
order by found.column_name
