/*
The statements about each field of each anime in the order in which int_anime_field_rules prefers them: the
better kind first, then what is settled, then what is not out of date, then what more sources agree with, then
AniList before MyAnimeList before Kitsu (and of two records of one source, which an anime never has, the
smaller id).

grain: one field of one record
keys: anime_key, field, source, source_id
group: core
columns:
    anime_key: the anime the record is
    field: the column of dim_anime
    source: anilist, kitsu or myanimelist
    source_id: the source's own id
    value: what the record states, as text
    preference: the smaller, the better the statement
    is_provisional: whether it can still change
    stated_at: when the source last changed the record or, where it does not say, when it was read
    is_stale: whether it can still change and another of its kind is 7 days newer
    agrees_with: the records (source:id) whose statement means the same, or whose range overlaps
    votes: sources behind it, itself included, out-of-date ones left out; 1 where agreement does not count
    place: 1 is best
    is_winner: whether dim_anime takes its value: the best one, or every one where all count
*/
with stated as (
    select
        statements.*,
        rules.* exclude (field),
        rules.settled is not null
        and statements.is_provisional
        and statements.stated_at < max(statements.stated_at) over (
            partition by
                statements.anime_key, statements.field, statements.preference, statements.is_provisional
        ) - interval 7 day as is_stale
    from intermediate.int_anime_fields_stated as statements
    inner join intermediate.int_anime_field_rules as rules using (field)
),

agreements as (
    select
        stated.anime_key,
        stated.field,
        stated.source,
        stated.source_id,
        list(
            seconds.source || ':' || seconds.source_id order by seconds.source || ':' || seconds.source_id
        ) as agrees_with,
        count(distinct seconds.source) filter (
            where not seconds.is_stale and seconds.source <> stated.source
        ) as seconded
    from stated
    inner join stated as seconds using (anime_key, field)
    where
        stated.is_compared
        and (stated.source, stated.source_id) <> (seconds.source, seconds.source_id)
        and (
            stated.meaning = seconds.meaning
            or (stated.low <= seconds.high and seconds.low <= stated.high)
            or list_contains(stated.names, seconds.meaning)
            or list_contains(seconds.names, stated.meaning)
        )
    group by stated.anime_key, stated.field, stated.source, stated.source_id
)

select
    stated.anime_key,
    stated.field,
    stated.source,
    stated.source_id,
    stated.value,
    stated.preference,
    stated.is_provisional,
    stated.stated_at,
    stated.is_stale,
    coalesce(agreements.agrees_with, []) as agrees_with,
    1 + if(stated.counts_agreement, coalesce(agreements.seconded, 0), 0) as votes,
    row_number() over (
        partition by stated.anime_key, stated.field
        order by
            stated.preference asc,
            stated.is_provisional asc,
            stated.is_stale asc,
            votes desc,
            list_position(['anilist', 'myanimelist', 'kitsu'], stated.source) asc,
            len(stated.source_id) asc,
            stated.source_id asc
    ) as place,
    place = 1 or not stated.is_choice as is_winner
from stated
left join agreements using (anime_key, field, source, source_id)
