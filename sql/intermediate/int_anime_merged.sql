/*
The records of each anime folded into one row: of each field the value of the winning record, as
int_anime_fields_ranked chose it.

grain: one anime that is in a catalogue
keys: anime_key
columns:
    anime_key: lasting id of the anime
    title: best for display: English, else romaji, else what the source shows, else native
    title_romaji: title in Latin letters
    title_english: English title
    title_native: title in the original script
    format: TV, MOVIE, OVA, ONA, SPECIAL, MUSIC or PROMO; null where no source knows
    status: FINISHED, AIRING, UPCOMING, CANCELLED, HIATUS; null where no source says
    source_material: what it is based on
    episodes: number of episodes
    duration_minutes: minutes per episode
    started: first_day of the start date, its exactness, start_year and season
    end_date: last day of the stated day, month or year, announced ones too
    is_adult: whether any source marks it as adult; null where none says
    synopsis: what it is about, as the source wrote it
    mean_score: mean of the sources' scores, 0-100
    popularity: users at the largest source
    source_count: sources that hold it
    match_confidence: least confidence among its records
    synonyms: every title of every record that no other column shows, sorted
*/
with known as (
    select
        identities.anime_key,
        count(distinct identities.source)::integer as source_count,
        min(identities.confidence) as match_confidence,
        list_sort(list_distinct(flatten(list(meanings.titles)))) as titles
    from intermediate.int_anime_record_meanings as meanings
    inner join intermediate.int_anime_identities as identities using (source, source_id)
    group by identities.anime_key
),

chosen as (
    select
        winners.anime_key,
        any_value(meanings.title) filter (where field = 'title') as title,
        any_value(records.title_romaji) filter (where field = 'title_romaji') as title_romaji,
        any_value(records.title_english) filter (where field = 'title_english') as title_english,
        any_value(records.title_native) filter (where field = 'title_native') as title_native,
        any_value(records.format) filter (where field = 'format') as format,
        any_value(records.status) filter (where field = 'status') as status,
        any_value(records.source_material) filter (where field = 'source_material') as source_material,
        any_value(records.episodes) filter (where field = 'episodes') as episodes,
        any_value(records.duration_minutes) filter (where field = 'duration_minutes') as duration_minutes,
        any_value(struct_pack(
            first_day := records.start_date,
            exactness := records.start_date_precision,
            start_year := records.start_year,
            season := records.season
        )) filter (where field = 'start_date') as started,
        any_value(records.end_date) filter (where field = 'end_date') as end_date,
        any_value(records.is_adult) filter (where field = 'is_adult') as is_adult,
        any_value(records.synopsis) filter (where field = 'synopsis') as synopsis,
        round(avg(records.mean_score) filter (where field = 'mean_score'), 6) as mean_score,
        any_value(records.popularity) filter (where field = 'popularity') as popularity
    from intermediate.int_anime_fields_ranked as winners
    inner join intermediate.int_anime_unioned as records using (source, source_id)
    inner join intermediate.int_anime_record_meanings as meanings using (source, source_id)
    where winners.is_winner
    group by winners.anime_key
)

select
    chosen.* replace (known.anime_key as anime_key),
    known.source_count,
    known.match_confidence,
    list_filter(
        known.titles,
        lambda name: not list_contains(
            [chosen.title, chosen.title_romaji, chosen.title_english, chosen.title_native], name
        )
    ) as synonyms
from known
left join chosen using (anime_key)
