/*
Ids that ratings mention and no catalogue knows: each becomes a stub anime.
*/
select distinct
    int_ratings_unioned.source,
    int_ratings_unioned.source_id
from intermediate.int_ratings_unioned
anti join intermediate.int_anime_unioned
    on
        int_ratings_unioned.source = int_anime_unioned.source
        and int_ratings_unioned.source_id = int_anime_unioned.source_id
order by int_ratings_unioned.source, int_ratings_unioned.source_id
