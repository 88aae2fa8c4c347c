/*
How unequally ratings are spread over the rated anime: the Gini coefficient (0: all are rated alike often,
1: one has all), the share that the most popular tenth has, and how many anime have half of all ratings.
*/
with rated as (
    select
        fact_user_rating.anime_key,
        count(*) as ratings
    from main.fact_user_rating
    where fact_user_rating.rating is not null
    group by fact_user_rating.anime_key
),

ranked as (
    select
        rated.ratings,
        row_number() over (
            order by rated.ratings asc, rated.anime_key desc
        ) as place,
        count(*) over () as anime,
        sum(rated.ratings) over () as total,
        sum(rated.ratings) over (
            order by rated.ratings desc, rated.anime_key asc
            rows between unbounded preceding and current row
        ) as from_the_top
    from rated
)

select
    max(ranked.anime) as anime,
    max(ranked.total)::bigint as ratings,
    round(
        sum((2 * ranked.place - ranked.anime - 1) * ranked.ratings)
        / (max(ranked.anime) * max(ranked.total)),
        6
    ) as gini,
    round(
        sum(ranked.ratings) filter (where ranked.place > ranked.anime - ceil(ranked.anime / 10))
        / max(ranked.total),
        6
    ) as top_tenth_share,
    count(*) filter (where ranked.from_the_top - ranked.ratings < ranked.total / 2) as anime_of_half
from ranked
having count(*) > 0
