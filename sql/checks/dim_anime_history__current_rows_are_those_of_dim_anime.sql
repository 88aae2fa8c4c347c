/*
The current rows say what dim_anime says: one for each of its anime, and the same in every column.

Build int_anime_past and dim_anime_history again from the present dim_anime. If it stays, warehouse/pasts.py
runs other statements, or on other records, than those that dim_anime is made of.

severity: error
*/
with both_tables as (
    select
        'dim_anime_history' as stands_in,
        * exclude (version, valid_from, valid_to, is_current, changed)
    from main.dim_anime_history
    where is_current
    union all by name
    select
        'dim_anime' as stands_in,
        * exclude (synopsis, mean_score, popularity, source_count, match_confidence)
    from main.dim_anime
)

select
    * exclude (stands_in),
    any_value(stands_in) as only_in
from both_tables
group by all
having count(*) = 1
order by anime_key, only_in
