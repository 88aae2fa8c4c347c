/*
Mean scores that stand in for scores nobody knows, as in tables that people pass on: a source gives one at
least a hundred times, and more than ten times as often as any other. They count for nothing in dim_anime.

grain: one source whose gaps are filled
keys: source
group: core
columns:
    source: anilist, kitsu or myanimelist
    mean_score: the score, 0-100
    records: records of the source that give it
*/
select
    source,
    mean_score,
    count(*) as records
from intermediate.int_anime_unioned
where mean_score is not null
group by source, mean_score
window commonest as (partition by source order by count(*) desc, mean_score asc)
qualify
    row_number() over commonest = 1
    and count(*) >= 100
    and count(*) > 10 * coalesce(lead(count(*)) over commonest, 0)
