/*
Which title of IMDb an anime is, found by what both sides state: a title that is the same after normalising
(letters and digits alone, in lower case, without accents), a start year at most one apart, and compatible
kinds. IMDb keeps a franchise as one series, so several anime may have one title of IMDb; it never decides
which records are one anime. An anime for which several titles of IMDb fit equally well is left out.
Information courtesy of IMDb (https://www.imdb.com). Used with permission.

grain: one anime that has a title at IMDb
keys: anime_key
columns:
    anime_key: the anime
    tconst: IMDb id, e.g. tt0213338
    confidence: 0-1: 0.7, plus 0.15 for the same year, 0.1 for IMDb's main or original title rather than one
        of its regional ones, 0.05 where two titles or more are the same
    match_method: title_year_type
    imdb_score: IMDb's mean score, 0-100; null where too few voted
    votes: how many voted at IMDb; null where too few
*/
with kinds (title_type, format) as (
    values
    ('tvSeries', 'TV'), ('tvSeries', 'ONA'),
    ('tvMiniSeries', 'TV'), ('tvMiniSeries', 'ONA'),
    ('movie', 'MOVIE'),
    ('tvMovie', 'MOVIE'),
    ('video', 'OVA'),
    ('video', 'ONA'),
    ('video', 'MUSIC'),
    ('tvSpecial', 'SPECIAL'),
    ('short', 'SPECIAL'),
    ('short', 'MUSIC'),
    ('tvShort', 'SPECIAL')
),

anime_titles as (
    select distinct
        anime_key,
        format,
        start_year,
        regexp_replace(lower(strip_accents(unnest(
            list_concat([title, title_romaji, title_english, title_native], synonyms)
        ))), '[^\p{L}\p{N}]+', '', 'g') as title
    from main.dim_anime
    where start_year is not null
),

imdb_titles as (
    select
        tconst,
        title_type,
        start_year,
        regexp_replace(lower(strip_accents(stated.title)), '[^\p{L}\p{N}]+', '', 'g') as title,
        bool_or(stated.is_main) as is_main
    from (
        select
            tconst,
            title_type,
            start_year,
            unnest(list_concat(
                [struct_pack(title := primary_title, is_main := true)],
                [struct_pack(title := original_title, is_main := true)],
                [struct_pack(title := other, is_main := false) for other in other_titles]
            )) as stated
        from staging.stg_imdb__titles
        where start_year is not null
    ) as every_title
    group by all
),

matched as (
    select
        anime_titles.anime_key,
        imdb_titles.tconst,
        round(
            0.7
            + if(bool_or(anime_titles.start_year = imdb_titles.start_year), 0.15, 0)
            + if(bool_or(imdb_titles.is_main), 0.1, 0)
            + if(count(distinct anime_titles.title) > 1, 0.05, 0), 2
        )::double as confidence
    from anime_titles
    inner join imdb_titles on anime_titles.title = imdb_titles.title
    inner join kinds on anime_titles.format = kinds.format and imdb_titles.title_type = kinds.title_type
    where
        anime_titles.title <> ''
        and abs(anime_titles.start_year - imdb_titles.start_year) <= 1
    group by anime_titles.anime_key, imdb_titles.tconst
)

select
    matched.anime_key,
    matched.tconst,
    matched.confidence,
    'title_year_type' as match_method,
    stg_imdb__titles.imdb_score,
    stg_imdb__titles.votes
from matched
inner join staging.stg_imdb__titles on matched.tconst = stg_imdb__titles.tconst
qualify
    matched.confidence = max(matched.confidence) over (partition by matched.anime_key)
    and count(*) over (partition by matched.anime_key, matched.confidence) = 1
