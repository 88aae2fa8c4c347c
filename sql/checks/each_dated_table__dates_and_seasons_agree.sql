/*
The year is that of the start date, and the season that of its month: winter is December to February.

Season and year are computed from the start date in int_anime_unioned; correct them there.

severity: error
*/
select
    columns(lambda name: list_contains($keys, name)),
    dated.start_date,
    dated.start_date_precision,
    dated.start_year,
    dated.season
from query_table($checked_table) as dated
where
    dated.start_year is distinct from year(dated.start_date)
    or (dated.start_date is null) <> (dated.start_date_precision is null)
    or (
        dated.season is not null
        and dated.season is distinct from
        ['WINTER', 'SPRING', 'SUMMER', 'FALL'][month(dated.start_date) % 12 // 3 + 1]
    )
order by all
