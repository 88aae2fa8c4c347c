/*
Records that a source does not have any more: ids that a crawl had asked for by name and reported as gone, and
that no crawl or recording has given since. Only such reports count: an outage, a title that a listing hides
or a page that was not read never make one. What Jikan reports counts for the ids of which MyAnimeList's own
API has told nothing. The anime stays where it is in dim_anime and bridge_anime_source: who is who outlasts
the source.

grain: one record of one source
keys: source, source_id
columns:
    source: who does not have it any more: anilist, kitsu or myanimelist
    source_id: its id there
    first_missed_at: end of the first crawl that reported it since it was given last, UTC
    last_missed_at: end of the last one, UTC
    last_seen_at: when it was given last, UTC
    reports: how many crawls have reported it
    confirmed: whether two crawls or more have reported it
*/
with missed as (
    select
        source as service,
        if(source = 'jikan', 'myanimelist', source) as source,
        unnest(gone) as source_id,
        payload_path,
        started_at,
        ended_at
    from raw.crawl
    where stream = 'anime'
),

given as (
    select
        source as service,
        source,
        source_id,
        captured_at
    from staging.stg_anilist__anime
    union all
    select
        source as service,
        source,
        source_id,
        captured_at
    from staging.stg_kitsu__anime
    union all
    select
        source as service,
        source,
        source_id,
        captured_at
    from staging.stg_myanimelist__anime
    union all
    select
        'jikan' as service,
        source,
        source_id,
        captured_at
    from staging.stg_jikan__anime
),

last_given as (
    select
        source,
        source_id,
        max(captured_at) as last_seen_at,
        max(captured_at) filter (where service <> 'jikan') is not null as is_told_by_source
    from given
    group by source, source_id
)

select
    missed.source,
    missed.source_id,
    min(missed.ended_at) as first_missed_at,
    max(missed.ended_at) as last_missed_at,
    last_given.last_seen_at,
    count(distinct missed.payload_path) as reports,
    reports >= 2 as confirmed
from missed
inner join last_given on missed.source = last_given.source and missed.source_id = last_given.source_id
where
    last_given.last_seen_at < missed.started_at
    and not (missed.service = 'jikan' and coalesce(last_given.is_told_by_source, false))
group by missed.source, missed.source_id, last_given.last_seen_at
