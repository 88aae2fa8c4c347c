/*
How often two of the fifteen most frequent genres stand on one anime: among the anime of the one genre, the
share that has the other as well.
*/
with frequent as (
    select
        bridge_anime_genre.genre,
        count(*) as anime
    from main.bridge_anime_genre
    group by bridge_anime_genre.genre
    order by
        anime desc,
        bridge_anime_genre.genre asc
    limit 15
),

pairs as (
    select
        one.genre,
        other.genre as other_genre,
        count(*) as both_genres
    from main.bridge_anime_genre as one
    inner join main.bridge_anime_genre as other on one.anime_key = other.anime_key
    semi join frequent as wanted on one.genre = wanted.genre
    semi join frequent as wanted_other on other.genre = wanted_other.genre
    where one.genre <> other.genre
    group by
        one.genre,
        other.genre
)

select
    frequent.genre,
    other_frequent.genre as other_genre,
    frequent.anime,
    coalesce(pairs.both_genres, 0) as both_genres,
    round(coalesce(pairs.both_genres, 0) / frequent.anime, 6) as share
from frequent
inner join frequent as other_frequent on frequent.genre <> other_frequent.genre
left join pairs
    on
        frequent.genre = pairs.genre
        and other_frequent.genre = pairs.other_genre
order by
    frequent.anime desc,
    frequent.genre asc,
    other_frequent.anime desc,
    other_frequent.genre asc
