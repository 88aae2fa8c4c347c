/*
A value that wins contradicts nobody: it is the losing ones that do.

The sample shows the rows; is_disputed is decided in fact_anime_field.

severity: error
*/
select
    anime_key,
    field,
    source,
    source_id,
    value
from main.fact_anime_field
where is_winner and is_disputed
order by anime_key, field, source, source_id
