/*
Animated titles of IMDb's newest files, with all their titles and their votes, as far as they are of a kind
that an anime can be. Titles without a year cannot be matched and are here all the same. Faulty rows go to
quarantine.

grain: one title of IMDb
keys: tconst
columns:
    source: imdb
    tconst: IMDb id, e.g. tt0213338
    title_type: tvSeries, tvMiniSeries, movie, tvMovie, tvSpecial, short, tvShort or video
    primary_title: the title it is known by
    original_title: the title in its own language
    other_titles: its titles by region and language, sorted
    start_year: year of its release or first episode; null where IMDb has none
    end_year: year of a series' last episode; null where there is none
    runtime_minutes: minutes, of a series usually of one episode
    is_adult: whether IMDb marks it as adult
    genres: up to three, as IMDb spells them
    imdb_score: weighted mean of the votes times 10, 10-100; null where too few voted
    votes: how many voted
    captured_at: when the file was taken from IMDb
    payload_path: landed file
    payload_line: line in that file
    payload_item: null, since a line is one title
*/
with titles as (
    select *
    from raw.raw_imdb__title_basics
    where
        title_type in (
            'tvSeries', 'tvMiniSeries', 'movie', 'tvMovie', 'tvSpecial', 'short', 'tvShort', 'video'
        )
        and list_contains(string_split(genres, ','), 'Animation')
    qualify row_number() over (partition by tconst order by captured_at desc, payload_line desc) = 1
),

ratings as (
    select
        tconst,
        arg_max(average_rating, (captured_at, payload_line)) as average_rating,
        arg_max(num_votes, (captured_at, payload_line)) as num_votes
    from raw.raw_imdb__title_ratings
    group by tconst
),

akas as (
    select
        raw_imdb__title_akas.title_id as tconst,
        list_sort(list(distinct raw_imdb__title_akas.title)) as other_titles
    from raw.raw_imdb__title_akas
    semi join titles on raw_imdb__title_akas.title_id = titles.tconst
    where raw_imdb__title_akas.title <> ''
    group by raw_imdb__title_akas.title_id
)

select
    'imdb' as source,
    titles.tconst,
    titles.title_type,
    titles.primary_title,
    titles.original_title,
    coalesce(akas.other_titles, []) as other_titles,
    try_cast(titles.start_year as integer) as start_year,
    try_cast(titles.end_year as integer) as end_year,
    try_cast(titles.runtime_minutes as integer) as runtime_minutes,
    titles.is_adult = '1' as is_adult,
    string_split(titles.genres, ',') as genres,
    round(try_cast(ratings.average_rating as double) * 10, 2) as imdb_score,
    try_cast(ratings.num_votes as bigint) as votes,
    titles.captured_at,
    titles.payload_path,
    titles.payload_line,
    null::bigint as payload_item,
    titles.tconst as record_id,
    case
        when not coalesce(regexp_full_match(titles.tconst, 'tt[0-9]{7,10}'), false)
            then concat('tconst is "', titles.tconst, '", expected tt and 7 digits or more')
        when coalesce(titles.primary_title, '') = '' then 'primaryTitle is missing'
        when
            titles.start_year is not null
            and not coalesce(try_cast(titles.start_year as integer) between 1870 and 2100, false)
            then concat('startYear is "', titles.start_year, '", expected a year')
        when
            titles.end_year is not null
            and not coalesce(try_cast(titles.end_year as integer) between 1870 and 2100, false)
            then concat('endYear is "', titles.end_year, '", expected a year')
        when titles.is_adult is not null and titles.is_adult not in ('0', '1')
            then concat('isAdult is "', titles.is_adult, '", expected 0/1')
        when ratings.average_rating is not null and not coalesce(imdb_score between 0 and 100, false)
            then concat('averageRating is "', ratings.average_rating, '", expected a number from 0 to 10')
        when ratings.num_votes is not null and not coalesce(votes >= 0, false)
            then concat('numVotes is "', ratings.num_votes, '", expected a whole number')
    end as rejection_reason
from titles
left join ratings on titles.tconst = ratings.tconst
left join akas on titles.tconst = akas.tconst
