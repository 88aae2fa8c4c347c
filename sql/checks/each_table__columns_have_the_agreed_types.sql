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

columns_found as (
    select
        name as column_name,
        type as data_type
    from pragma_table_info($checked_table)
    where not starts_with($checked_table, 'raw.')
),

compared as (
    select
        columns_found.column_name,
        columns_found.data_type,
        case
            when columns_found.column_name like '%\_at' escape '\' then 'TIMESTAMP WITH TIME ZONE'
            else agreed.agreed_type
        end as agreed_type
    from columns_found
    left join agreed on columns_found.column_name = agreed.column_name
)

select *
from compared
where compared.data_type <> compared.agreed_type
order by compared.column_name
