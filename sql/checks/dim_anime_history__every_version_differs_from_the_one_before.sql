/*
Every version but the first names at least one column that changed, and the first names none.

Build dim_anime_history again from the present int_anime_past and dim_anime.

severity: error
*/
select
    anime_key,
    version,
    changed
from main.dim_anime_history
where (version = 1) <> (len(changed) = 0)
order by anime_key, version
