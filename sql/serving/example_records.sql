/*
The most popular record of each source, to show what their names look like.
*/
select
    dim_anime_record.source,
    dim_anime_record.source_id,
    dim_anime_record.title_canonical as title
from main.dim_anime_record
qualify
    row_number() over (
        partition by dim_anime_record.source
        order by dim_anime_record.popularity desc nulls last, dim_anime_record.source_id asc
    ) = 1
order by dim_anime_record.source
