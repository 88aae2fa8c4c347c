/*
A user's entry is of a record at the user's own source, and of the anime that this record is now.

Ratings follow the key of their anime: build fact_user_rating again from the present identities.

severity: error
*/
select
    fact_user_rating.user_key,
    dim_user.source,
    fact_user_rating.source_id,
    fact_user_rating.anime_key,
    int_anime_identities.anime_key as present_anime_key
from main.fact_user_rating
inner join main.dim_user on fact_user_rating.user_key = dim_user.user_key
left join intermediate.int_anime_identities
    on
        dim_user.source = int_anime_identities.source
        and fact_user_rating.source_id = int_anime_identities.source_id
where fact_user_rating.anime_key is distinct from int_anime_identities.anime_key
order by fact_user_rating.user_key, fact_user_rating.anime_key
