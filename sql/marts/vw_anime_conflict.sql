/*
Where the sources contradict each other about an anime: what dim_anime says, and what others say instead.
Titles that differ in case, accents, spaces and punctuation alone, or that the other record has among its
synonyms, are no conflict, nor are titles in different languages; a date is none with a coarser one that it
lies in, or a day beside it; nor is a statement that is merely out of date or speaks of an unfinished work.

grain: one field of one anime
keys: anime_key, field
group: core
columns:
    anime_key: the anime
    title: its title
    field: the column of dim_anime that sources contradict each other about
    value: what dim_anime says, as text; dates as exactly as stated
    source: whose value it is
    source_id: the source's own id
    others: what other records say instead: source, source_id, value
    rule: how the field is decided
    why: why the value won over the best of the others
    popularity: users at the largest source
*/
with contradicted as (
    select
        fact_anime_field.anime_key,
        fact_anime_field.field,
        list(
            struct_pack(
                source := fact_anime_field.source,
                source_id := fact_anime_field.source_id,
                value := fact_anime_field.value
            )
            order by fact_anime_field.source, fact_anime_field.source_id
        ) as others
    from main.fact_anime_field
    where fact_anime_field.is_disputed
    group by fact_anime_field.anime_key, fact_anime_field.field
)

select
    winners.anime_key,
    dim_anime.title,
    winners.field,
    winners.value,
    winners.source,
    winners.source_id,
    contradicted.others,
    winners.rule,
    winners.why,
    dim_anime.popularity
from main.fact_anime_field as winners
inner join contradicted on winners.anime_key = contradicted.anime_key and winners.field = contradicted.field
inner join main.dim_anime on winners.anime_key = dim_anime.anime_key
where winners.is_winner
