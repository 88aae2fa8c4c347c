/*
The pairs of records that wait for a person: too alike to be sure they differ, not alike enough to join.
Decide one by a line in sql/seeds/match_overrides.csv (decision `same` or `different`, with a reason and your
name). The most popular come first.

grain: one pair that waits
keys: left_source, left_source_id, right_source, right_source_id
group: identity
columns:
    left_source: source of the one record
    left_source_id: its id there
    left_title: its main title
    left_anime_key: the anime it is for now
    right_source: source of the other record
    right_source_id: its id there
    right_title: its main title
    right_anime_key: the anime it is for now
    score: probability that the two are one anime, 0-1
    reason: why it waits, in a sentence
    title_similarity: likeness of the most alike pair of titles, 0-1
    year_difference: right start year minus left
    episodes_difference: right episodes minus left
    cross_id: whether an id that a source claims agrees, contradicts or is absent
    popularity: users of the more popular of the two anime
*/
select
    pairs.left_source,
    pairs.left_source_id,
    pairs.left_title,
    left_anime.anime_key as left_anime_key,
    pairs.right_source,
    pairs.right_source_id,
    pairs.right_title,
    right_anime.anime_key as right_anime_key,
    pairs.score,
    pairs.reason,
    pairs.title_similarity,
    pairs.year_difference,
    pairs.episodes_difference,
    pairs.cross_id,
    greatest(coalesce(left_anime.popularity, 0), coalesce(right_anime.popularity, 0)) as popularity
from main.fact_match_candidate as pairs
left join main.bridge_anime_source as left_record
    on
        pairs.left_source = left_record.source
        and pairs.left_source_id = left_record.source_id
left join main.bridge_anime_source as right_record
    on
        pairs.right_source = right_record.source
        and pairs.right_source_id = right_record.source_id
left join main.dim_anime as left_anime on left_record.anime_key = left_anime.anime_key
left join main.dim_anime as right_anime on right_record.anime_key = right_anime.anime_key
where pairs.decision = 'review'
order by
    popularity desc,
    pairs.left_source asc,
    pairs.left_source_id asc,
    pairs.right_source asc,
    pairs.right_source_id asc
