/*
What the sources contradict each other about: for each field the anime for which two or more sources state it,
how many of them are contested, how often each source prevails then, and the best known example, if there is
one. vw_anime_conflict lists them all. Scores, users, synonyms, synopses and the title for display, which may
differ without contradicting each other, are never contested.
*/
with stated as (
    select
        field,
        anime_key,
        bool_or(is_disputed) as is_contested,
        any_value(source) filter (where is_winner) as winner
    from main.fact_anime_field
    group by field, anime_key
    having count(distinct source) > 1
),

examples as (
    select
        field,
        [other.value || ' (' || other.source || ')' for other in others] as losing,
        title || ': ' || value || ' (' || source || '), not ' || array_to_string(losing, ', ') as example
    from main.vw_anime_conflict
    qualify row_number() over (partition by field order by popularity desc nulls last, anime_key asc) = 1
)

select
    stated.field,
    count(*) as stated_twice,
    count(*) filter (where stated.is_contested) as contested,
    round(100 * contested / stated_twice, 1) as percent,
    count(*) filter (where stated.is_contested and stated.winner = 'anilist') as anilist_prevails,
    count(*) filter (where stated.is_contested and stated.winner = 'myanimelist') as myanimelist_prevails,
    count(*) filter (where stated.is_contested and stated.winner = 'kitsu') as kitsu_prevails,
    any_value(examples.example) as example
from stated
left join examples using (field)
group by stated.field
order by contested desc, stated.field asc
