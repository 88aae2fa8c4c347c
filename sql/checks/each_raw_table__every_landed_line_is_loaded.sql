/*
Every file in the landing is loaded, with as many rows as it gave: nothing that was landed is missing here.

Run the raw asset again: files that are not whole in the table are loaded anew from HOME/landing.

severity: error
*/
with landed as (
    select unnest($landed_paths::varchar[]) as payload_path
),

held as (
    select
        payload_path,
        count(*) as rows_held
    from query_table($checked_table)
    group by payload_path
)

select
    landed.payload_path,
    loaded_file.row_count as rows_loaded,
    coalesce(held.rows_held, 0) as rows_held
from landed
left join raw.loaded_file on landed.payload_path = loaded_file.path
left join held on landed.payload_path = held.payload_path
where loaded_file.row_count is distinct from coalesce(held.rows_held, 0)
order by landed.payload_path
