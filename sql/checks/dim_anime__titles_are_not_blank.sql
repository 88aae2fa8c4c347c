/*
Every anime of a catalogue has a title to show; only stubs, which no catalogue holds, have none.

bridge_anime_source names the records of the anime in the sample; their staging rows name the landed lines.
An anime without any title is kept, and never recommended.

severity: warn
*/
select
    dim_anime.anime_key,
    dim_anime.title,
    dim_anime.title_romaji,
    dim_anime.title_english,
    dim_anime.title_native,
    dim_anime.source_count
from main.dim_anime
where (dim_anime.source_count > 0) <> (coalesce(trim(dim_anime.title), '') <> '')
order by dim_anime.anime_key
