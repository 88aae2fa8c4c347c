/*
What won here is what dim_anime says, and nothing else: no value without a winner, no winner without its
value. What stands in for a missing value (format UNKNOWN, not adult, the users of a stub)
needs no winner.

Build int_anime_merged, dim_anime and fact_anime_field again from the present int_anime_fields_ranked.

severity: error
*/
with texts as (
    select
        anime_key,
        title,
        title_romaji,
        title_english,
        title_native,
        nullif(format, 'UNKNOWN') as format,
        status,
        source_material,
        episodes::varchar as episodes,
        duration_minutes::varchar as duration_minutes,
        case start_date_precision
            when 'day' then start_date::varchar
            when 'month' then left(start_date::varchar, 7)
            when 'season' then start_year || ' ' || season
            when 'year' then start_year::varchar
        end as start_date,
        end_date::varchar as end_date,
        nullif(is_adult, false)::varchar as is_adult,
        left(trim(synopsis), 200) as synopsis,
        mean_score::varchar as mean_score,
        if(source_count > 0, popularity, null)::varchar as popularity
    from main.dim_anime
),

held as (
    select *
    from texts unpivot (
        held_value for field in (
            title, title_romaji, title_english, title_native, format, status, source_material, episodes,
            duration_minutes, start_date, end_date, is_adult, synopsis, mean_score, popularity
        )
    )
),

won as (
    select
        anime_key,
        field,
        if(field = 'mean_score', round(avg(try_cast(value as double)), 6)::varchar, any_value(value)) as value
    from main.fact_anime_field
    where is_winner and field <> 'synonyms' and (field, value) <> ('is_adult', 'false')
    group by anime_key, field
)

select
    anime_key,
    field,
    held.held_value,
    won.value as winning_value
from held
full outer join won using (anime_key, field)
where
    held.held_value is distinct from won.value
    and not (field = 'end_date' and coalesce(starts_with(held.held_value, won.value), false))
order by anime_key, field
