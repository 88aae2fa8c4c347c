/*
Whose values dim_anime takes: for each field, how many anime have it from which source. Fields in which
everything that is stated counts (scores, synonyms) are left out.
*/
select
    fact_anime_field.field,
    fact_anime_field.source,
    count(*) as anime
from main.fact_anime_field
where
    fact_anime_field.is_winner
    and fact_anime_field.field not in ('mean_score', 'synonyms')
group by
    fact_anime_field.field,
    fact_anime_field.source
order by
    fact_anime_field.field,
    fact_anime_field.source
