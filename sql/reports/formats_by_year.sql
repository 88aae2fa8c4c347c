/*
The catalogue by format and start year; a year that nobody states is null. Stubs of ids that only ratings
mention are left out.
*/
select
    dim_anime.start_year,
    dim_anime.format,
    count(*) as anime
from main.dim_anime
where dim_anime.source_count > 0
group by
    dim_anime.start_year,
    dim_anime.format
order by
    dim_anime.start_year,
    dim_anime.format
