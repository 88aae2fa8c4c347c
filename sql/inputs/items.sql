/*
Every anime as it may be recommended today: whether it may be at all (a stub may not), whether it is adult.
*/
select
    dim_anime.anime_key,
    dim_anime.title is not null and dim_anime.source_count > 0 as is_recommendable,
    dim_anime.is_adult
from main.dim_anime
order by dim_anime.anime_key
