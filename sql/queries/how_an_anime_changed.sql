/*
What changed about an anime, from version to version: the day, the column, what it said before and what it has
said since (a start date with how exactly it is known, where that is not to the day). Taken here: the best
known anime with the most versions; put another title or anime_key into `wanted`.
*/
with wanted as (
    select anime_key
    from main.dim_anime_history
    inner join main.dim_anime using (anime_key)
    group by anime_key
    having count(*) > 1
    order by count(*) desc, max(popularity) desc nulls last, anime_key asc
    limit 1
),

versions as (
    select
        anime_key,
        version,
        valid_from,
        changed,
        {
            title: title, title_romaji: title_romaji, title_english: title_english,
            title_native: title_native, synonyms: array_to_string(synonyms, ' | '), format: format,
            status: status, source_material: source_material, episodes: episodes::varchar,
            duration_minutes: duration_minutes::varchar,
            start_date: start_date || replace(' (' || start_date_precision || ')', ' (day)', ''),
            end_date: end_date::varchar, is_adult: is_adult::varchar
        }::json as said
    from main.dim_anime_history
    semi join wanted using (anime_key)
),

compared as (
    select
        *,
        lag(said) over (partition by anime_key order by version) as said_before
    from versions
)

select
    anime.title,
    compared.valid_from as day,
    facts.field,
    compared.said_before ->> facts.field as before,
    compared.said ->> facts.field as since
from compared
cross join unnest(compared.changed) as facts (field)
inner join main.dim_anime as anime using (anime_key)
order by compared.version, facts.field
