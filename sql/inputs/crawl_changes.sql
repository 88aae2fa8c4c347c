/*
What the newest crawl of each stream brought, by what staging keeps: counts of users, scores, addresses,
update times and relations on MyAnimeList (lists have none) are no changes. Refused rows are not counted.
*/
with newest as (
    select *
    from raw.crawl
    qualify row_number() over (partition by source, stream order by ended_at desc, payload_path desc) = 1
),

versions as (
    select
        payload_path,
        captured_at,
        'anilist/' || source_id as item,
        hash(struct_update(
            fields, averagescore := null, popularity := null, favourites := null, stats := null,
            updatedat := null
        )) as content
    from staging.stg_anilist__anime_records
    union all
    select
        payload_path,
        captured_at,
        'kitsu/' || source_id as item,
        hash(regexp_replace(
            included::varchar, '"(self|related|createdAt|updatedAt)":"[^"]*"', '', 'g'
        ), struct_update(
            fields, averagerating := null, ratingfrequencies := null, usercount := null,
            favoritescount := null, updatedat := null
        )) as content
    from staging.stg_kitsu__anime_records
    union all
    select
        payload_path,
        captured_at,
        'myanimelist/' || source_id as item,
        hash(struct_update(
            fields, mean := null, num_scoring_users := null, num_list_users := null, num_favorites := null,
            related_anime := null, updated_at := null
        )) as content
    from staging.stg_myanimelist__anime_records
    union all
    select
        payload_path,
        captured_at,
        'jikan/' || source_id as item,
        hash(struct_update(
            fields, score := null, scored_by := null, members := null, favorites := null
        )) as content
    from staging.stg_jikan__anime_records
    union all
    select
        payload_path,
        captured_at,
        concat_ws('/', source, user_id, source_id) as item,
        hash(source_score, status) as content
    from (
        select * from staging.stg_anilist__list_entries
        union all by name
        select * from staging.stg_kitsu__list_entries
        union all by name
        select * from staging.stg_myanimelist__list_entries
    ) as entries
),

compared as (
    select
        payload_path,
        content,
        lag(content) over (partition by item order by captured_at, payload_path) as content_before
    from versions
),

gone_known as (
    select
        newest.payload_path,
        count(*) as ids
    from newest
    cross join unnest(newest.gone) as reported (source_id)
    semi join versions on concat_ws('/', newest.source, reported.source_id) = versions.item
    group by newest.payload_path
)

select
    newest.source,
    newest.stream,
    newest.kind,
    newest.ended_at,
    count(compared.content) as records,
    count(*) filter (where compared.content is not null and compared.content_before is null) as new,
    count(*) filter (where compared.content <> compared.content_before) as changed,
    count(*) filter (where compared.content = compared.content_before) as unchanged,
    coalesce(any_value(gone_known.ids), 0) as gone
from newest
left join gone_known on newest.payload_path = gone_known.payload_path
left join compared on newest.payload_path = compared.payload_path
where newest.stream in ('anime', 'lists')
group by all
order by newest.source, newest.stream
