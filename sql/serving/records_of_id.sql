/*
Which sources have a record of that id, with its title: different works as a rule, since each source counts
for itself.
*/
select
    dim_anime_record.source,
    dim_anime_record.source_id,
    dim_anime_record.title_canonical as title
from main.dim_anime_record
where dim_anime_record.source_id = $source_id
order by dim_anime_record.source
