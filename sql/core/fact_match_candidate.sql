/*
Every pair of records of two sources that matching looked at, with its evidence and the decision. The evidence
is what the rules saw; the reason says in a sentence what decided. A person overrules a decision by a line in
sql/seeds/match_overrides.csv.

grain: one compared pair
keys: left_source, left_source_id, right_source, right_source_id
group: identity
columns:
    left_source: source of the one record
    left_source_id: its id there
    left_title: its main title, or where the source shows none the next that there is; null without any
    right_source: source of the other record
    right_source_id: its id there
    right_title: the same of the other record
    score: probability that the two are one anime, 0-1
    decision: match, review (waits for a person; apart until then) or no_match
    reason: what decided, in a sentence
    vetoes: rules that forbid the match whatever the score; empty where none
    rule_version: version of rules and weights
    score_without_cross_id: the score as if no cross id were known, 0-1
    matched_without_cross_id: whether the two would share an anime if no cross id were known
    left_compared_title: of all titles of the one, that which is most like one of the other's
    right_compared_title: its counterpart
    title_similarity: likeness of these two titles, 0-1
    title_exact: whether two titles are equal after normalising
    season_left: number that the one's compared title names as its season or carries at its end, which may be
        part of the name (Mob Psycho 100); null where none
    season_right: the same of the other's compared title
    format_compatible: whether the formats can be one work's; null where one is unknown
    year_difference: right start year minus left; null where one is unknown
    date_difference_days: right start date minus left; null where one is not known to the day or month
    episodes_difference: right episodes minus left; null where one is unknown
    cross_id: whether an id that a source claims agrees, contradicts or is absent
    relation: what the relations that sources list say of the pair: better_relative (a relative of the one
        fits the other better), other_side (one is listed before, the other after the same work), same_side
        (both are listed in the same way beside one work), absent
    relative: the record by which they say so, as source and id; null where absent
    features: every number that the score rests on, by name; null where a record does not say
*/
select
    computed.left_source::varchar as left_source,
    computed.left_source_id::varchar as left_source_id,
    computed.left_main_title::varchar as left_title,
    computed.right_source::varchar as right_source,
    computed.right_source_id::varchar as right_source_id,
    computed.right_main_title::varchar as right_title,
    computed.score::double as score,
    computed.decision::varchar as decision,
    computed.reason::varchar as reason,
    computed.vetoes::varchar[] as vetoes,
    computed.rule_version::varchar as rule_version,
    computed.score_without_cross_id::double as score_without_cross_id,
    computed.matched_without_cross_id::boolean as matched_without_cross_id,
    computed.left_title::varchar as left_compared_title,
    computed.right_title::varchar as right_compared_title,
    computed.title_similarity::double as title_similarity,
    computed.title_exact::boolean as title_exact,
    computed.season_left::integer as season_left,
    computed.season_right::integer as season_right,
    computed.format_compatible::boolean as format_compatible,
    computed.year_difference::integer as year_difference,
    computed.date_difference_days::integer as date_difference_days,
    computed.episodes_difference::integer as episodes_difference,
    computed.cross_id::varchar as cross_id,
    computed.relation::varchar as relation,
    computed.relative::varchar as relative,
    computed.features
from computed
