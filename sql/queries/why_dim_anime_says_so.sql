/*
Why dim_anime says what it says: everything that the sources state about one anime, field by field, the
winning value first. Taken here: the best known anime that sources contradict each other about; put another
title or anime_key into `wanted`.
*/
with wanted as (
    select
        anime_key,
        title
    from main.vw_anime_conflict
    order by popularity desc nulls last, anime_key asc
    limit 1
)

select
    wanted.title,
    statements.field,
    statements.value,
    statements.is_winner,
    statements.is_disputed,
    statements.why,
    statements.source || ':' || statements.source_id as record,
    records.site_url
from wanted
inner join main.fact_anime_field as statements using (anime_key)
inner join main.dim_anime_record as records using (source, source_id)
order by statements.field asc, statements.is_winner desc, statements.source asc, statements.source_id asc
