/*
The sources, their scales, and what they have told so far.

grain: one source
keys: source
columns:
    source: short name, as in every other table
    source_name: its name for people
    homepage: where it lives
    score_minimum: lowest score a user can give
    score_maximum: highest score a user can give; ratings are brought to 1-10 from here
    priority: 1 wins where nothing else decides between sources
    anime: records in its catalogue
    list_entries: entries on its users' lists
*/
with source_names (source, source_name, homepage, score_minimum, score_maximum, priority) as (
    values
    ('anilist', 'AniList', 'https://anilist.co', 1, 100, 1),
    ('myanimelist', 'MyAnimeList', 'https://myanimelist.net', 1, 10, 2),
    ('kitsu', 'Kitsu', 'https://kitsu.app', 2, 20, 3)
),

records as (
    select
        int_anime_unioned.source,
        count(*) as anime
    from intermediate.int_anime_unioned
    group by int_anime_unioned.source
),

entries as (
    select
        int_ratings_unioned.source,
        count(*) as list_entries
    from intermediate.int_ratings_unioned
    group by int_ratings_unioned.source
)

select
    source_names.source,
    source_names.source_name,
    source_names.homepage,
    source_names.score_minimum,
    source_names.score_maximum,
    source_names.priority,
    coalesce(records.anime, 0) as anime,
    coalesce(entries.list_entries, 0) as list_entries
from source_names
left join records on source_names.source = records.source
left join entries on source_names.source = entries.source
