/*
Of each field of each anime exactly one value wins, except where all count: every score in mean_score, every
title in synonyms.

The sample names anime and field. int_anime_fields_ranked numbers the values of a field from 1; look at what
it orders them by.

severity: error
*/
select
    anime_key,
    field,
    count(*) as stated,
    count(*) filter (where is_winner) as winners
from main.fact_anime_field
group by anime_key, field
having winners <> if(field in ('mean_score', 'synonyms'), stated, 1)
order by anime_key, field
