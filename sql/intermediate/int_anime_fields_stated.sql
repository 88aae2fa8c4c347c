/*
What each catalogue record states of each field of dim_anime, with what is needed to compare statements
(int_anime_field_rules says how). A format or source material of UNKNOWN, a blank synopsis and a missing value
state nothing, nor does a mean score that fills a gap (int_filling_scores).

grain: one field of one record
keys: anime_key, field, source, source_id
group: core
columns:
    anime_key: the anime the record is
    field: the column of dim_anime
    source: anilist, kitsu or myanimelist
    source_id: the source's own id
    value: what the record states, as text; a synopsis up to 200 characters
    meaning: what the value comes down to when it is compared
    names: of a title: every title of the record, as meanings; null for other fields
    low: least number (Julian day, minutes) that the value can mean; null where it is no range
    high: largest number that the value can mean
    preference: the smaller, the better the statement, see int_anime_field_rules.preferred
    is_provisional: whether it can still change, see int_anime_field_rules.settled
    stated_at: when the source last changed the record or, where it does not say, when it was read
*/
with records as (
    select
        identities.anime_key,
        least(known.record_updated_at, known.captured_at) as stated_at,
        known.status in ('AIRING', 'UPCOMING', 'HIATUS') as is_unfinished,
        (not known.is_adult)::double as mildness,
        list_filter(meanings.titles, lambda name: name is not null) as named,
        fillings.records is not null as fills_a_gap,
        meanings.* exclude (source, source_id, titles),
        known.*
    from intermediate.int_anime_unioned as known
    inner join intermediate.int_anime_record_meanings as meanings using (source, source_id)
    inner join intermediate.int_anime_identities as identities using (source, source_id)
    left join intermediate.int_filling_scores as fillings using (source, mean_score)
),

listed as (
    select
        anime_key,
        source,
        source_id,
        stated_at,
        names,
        unnest([
            struct_pack(field := 'title', value := title, preference := title_rank),
            struct_pack(field := 'title_romaji', value := title_romaji, meaning := names[1]),
            struct_pack(field := 'title_english', value := title_english, meaning := names[2]),
            struct_pack(field := 'title_native', value := title_native, meaning := names[3]),
            struct_pack(field := 'format', value := nullif(format, 'UNKNOWN')),
            struct_pack(
                field := 'status', value := status, meaning := replace(status, 'HIATUS', 'AIRING'),
                is_provisional := status <> 'CANCELLED'
            ),
            struct_pack(
                field := 'source_material', value := nullif(source_material, 'UNKNOWN'),
                preference := (source_material = 'OTHER')::double
            ),
            struct_pack(field := 'episodes', value := episodes::varchar, is_provisional := is_unfinished),
            struct_pack(
                field := 'duration_minutes', value := duration_minutes::varchar,
                low := duration_minutes - 0.5, high := duration_minutes + 0.5
            ),
            struct_pack(
                field := 'start_date', value := started, low := start_low, high := start_high,
                preference := list_position(['day', 'month', 'season', 'year'], start_date_precision),
                is_provisional := status = 'UPCOMING'
            ),
            struct_pack(
                field := 'end_date', value := ended, low := end_low, high := end_high,
                preference := -len(ended), is_provisional := is_unfinished
            ),
            struct_pack(field := 'is_adult', value := is_adult::varchar, preference := mildness),
            struct_pack(
                field := 'synopsis', value := left(nullif(trim(synopsis), ''), 200),
                preference := regexp_matches(synopsis, '</?[a-zA-Z]')::double
            ),
            struct_pack(field := 'mean_score', value := if(fills_a_gap, null, mean_score::varchar)),
            struct_pack(field := 'popularity', value := popularity::varchar, preference := -popularity),
            struct_pack(field := 'synonyms', value := nullif(named, [])::varchar)
        ]) as statement
    from records
)

select
    anime_key,
    statement.field,
    source,
    source_id,
    statement.value,
    coalesce(statement.meaning, statement.value) as meaning,
    if(starts_with(statement.field, 'title_'), names, null) as names,
    statement.low,
    statement.high,
    coalesce(statement.preference, 0)::double as preference,
    coalesce(statement.is_provisional, false) as is_provisional,
    stated_at
from listed
where statement.value is not null
