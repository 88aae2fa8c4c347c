/*
Why dim_anime says what it says: every value that a record states of a field, which of them won, and why. The
values of dim_anime are those of the winners; the losing ones stand beside them. Genres, tags, studios and
relations are not here: their bridges keep what every source states.

grain: one field of one record
keys: anime_key, field, source, source_id
columns:
    anime_key: the anime
    field: the column of dim_anime; start_date stands for its precision, year and season too
    source: anilist, kitsu or myanimelist
    source_id: the source's own id
    value: what the record states, as text; dates as exactly as stated, a synopsis up to 200 characters
    is_winner: whether dim_anime takes this value. One record wins each field, except that every score counts
        in mean_score and every title in synonyms
    is_disputed: whether the value contradicts the winner's: it means something else, and is not merely out of
        date or provisional
    rule: how the field is decided
    why: why this value won or lost
    votes: sources behind the value, its own included; 1 for fields where agreement does not count
    stated_at: when the source last changed the record or, where it does not say, when it was read
*/
with best as (
    select *
    from intermediate.int_anime_fields_ranked
    where place = 1
),

beaten as (
    select
        lost.anime_key,
        lost.field,
        lost.source,
        lost.source_id,
        lost.place,
        list_contains(lost.agrees_with, best.source || ':' || best.source_id) as is_agreeing,
        rules.is_compared
        and not is_agreeing
        and not lost.is_stale
        and (best.is_provisional or not lost.is_provisional) as is_disputed,
        best.source || ' ' || case
            when best.preference < lost.preference then rules.preferred_why
            when lost.is_provisional and not best.is_provisional then rules.settled_why
            when lost.is_stale and not best.is_stale
                then 'is newer, ' || best.stated_at::date || ' against ' || lost.stated_at::date
            when best.votes > lost.votes then 'is one of ' || best.votes || ' sources that agree'
            when best.source <> lost.source then 'comes before ' || lost.source
            else best.source_id || ' comes before ' || lost.source_id
        end as because
    from intermediate.int_anime_fields_ranked as lost
    inner join best using (anime_key, field)
    inner join intermediate.int_anime_field_rules as rules using (field)
    where lost.place > 1
),

closest as (
    select
        anime_key,
        field,
        bool_or(is_disputed) as is_contested,
        arg_min(because, (not is_disputed, place)) as because
    from beaten
    group by anime_key, field
)

select
    ranked.anime_key,
    ranked.field,
    ranked.source,
    ranked.source_id,
    ranked.value,
    ranked.is_winner,
    coalesce(beaten.is_disputed, false) as is_disputed,
    rules.rule,
    case
        when not rules.is_choice then 'it counts: ' || rules.rule
        when beaten.is_agreeing then 'agrees with the winner; ' || beaten.because
        when beaten.because is not null then beaten.because
        when closest.because is null then 'only ' || ranked.source || ' states it'
        when rules.is_compared and not closest.is_contested then 'nobody contradicts; ' || closest.because
        else closest.because
    end as why,
    ranked.votes,
    ranked.stated_at
from intermediate.int_anime_fields_ranked as ranked
inner join intermediate.int_anime_field_rules as rules using (field)
left join beaten using (anime_key, field, source, source_id)
left join closest using (anime_key, field)
