/*
Ratings by the popularity of what is rated: for each of about two hundred ranks (1 = most rated), the
ratings of that anime and the share of all ratings that it and the more popular ones have.
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
        row_number() over by_popularity as place,
        rated.ratings,
        sum(rated.ratings) over by_popularity / sum(rated.ratings) over () as share,
        count(*) over () as anime
    from rated
    window by_popularity as (
        order by rated.ratings desc, rated.anime_key asc
        rows between unbounded preceding and current row
    )
)

select
    ranked.place,
    ranked.ratings,
    round(ranked.share, 6) as share,
    ranked.anime
from ranked
qualify
    row_number() over (
        partition by floor(50 * log10(ranked.place))
        order by ranked.place
    ) = 1
    or ranked.place = ranked.anime
order by ranked.place
