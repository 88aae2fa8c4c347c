/*
What dim_anime would have said on earlier days: its own statements, run on the records as they were known
then, with who is who as matching says today. Only anime that were captured on more than one day are here, the
newest state included; the others have no past yet.

grain: one anime from one day on, as long as its records said the same
keys: anime_key, day
group: core
columns:
    anime_key: the anime
    day: first day of it, UTC: the day of the records, not that of a run
    title: as dim_anime has it
    title_romaji: title in Latin letters
    title_english: English title
    title_native: title in the original script
    synonyms: every other title that a source knew, sorted
    format: TV, MOVIE, OVA, ONA, SPECIAL, MUSIC, PROMO or UNKNOWN
    status: FINISHED, AIRING, UPCOMING, CANCELLED, HIATUS; null where no source said
    source_material: what it is based on
    episodes: number of episodes; null where unknown
    duration_minutes: minutes per episode; null where unknown
    start_date: first day of the winning statement
    start_date_precision: day, month, season or year
    start_year: calendar year of start_date
    season: WINTER, SPRING, SUMMER or FALL; null where only the year was known
    end_date: last day of the stated day, month or year, announced ones too; null where none was stated
    is_adult: whether any source marked it as adult
*/
select
    computed.anime_key::bigint as anime_key,
    computed.day::date as day,
    computed.title::varchar as title,
    computed.title_romaji::varchar as title_romaji,
    computed.title_english::varchar as title_english,
    computed.title_native::varchar as title_native,
    computed.synonyms::varchar[] as synonyms,
    computed.format::varchar as format,
    computed.status::varchar as status,
    computed.source_material::varchar as source_material,
    computed.episodes::integer as episodes,
    computed.duration_minutes::double as duration_minutes,
    computed.start_date::date as start_date,
    computed.start_date_precision::varchar as start_date_precision,
    computed.start_year::bigint as start_year,
    computed.season::varchar as season,
    computed.end_date::date as end_date,
    computed.is_adult::boolean as is_adult
from computed
