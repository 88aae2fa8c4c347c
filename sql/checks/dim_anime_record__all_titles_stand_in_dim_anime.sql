/*
No title of a record is lost: what stands in no column of dim_anime of its own is among its synonyms, and
nothing else is.

Build int_anime_merged and dim_anime again from the present identities.

severity: error
*/
with titled as (
    select
        anime_key,
        list_distinct(flatten(list(
            list_concat([title_romaji, title_english, title_native, title_canonical], synonyms)
        ))) as titles
    from main.dim_anime_record
    group by anime_key
)

select
    dim_anime.anime_key,
    dim_anime.title,
    dim_anime.synonyms,
    titled.titles
from main.dim_anime
left join titled using (anime_key)
where
    dim_anime.synonyms is distinct from list_sort(list_filter(
        coalesce(titled.titles, []),
        lambda name: not list_contains(
            [dim_anime.title, dim_anime.title_romaji, dim_anime.title_english, dim_anime.title_native], name
        )
    ))
order by dim_anime.anime_key
