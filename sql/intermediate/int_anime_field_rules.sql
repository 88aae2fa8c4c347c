/*
Which value dim_anime takes where sources differ: the one home of these rules, kept by hand. What is tried
first decides: a better kind of value, then one that is settled, then (of those that can still change) one
that is not out of date, then the one that more sources agree on, then the order of sources.

grain: one field of dim_anime
keys: field
group: core
columns:
    field: the column of dim_anime; start_date brings its precision, year and season along
    preferred: the better kind of value, whoever states it; null where all are of a kind
    preferred_why: the same as said of a source that won by it
    settled: the values that are final; the others can still change, and of them those are out of date that
        are 7 days older than the newest. Null for fields that do not change with time
    settled_why: the same as said of a source that won by it
    counts_agreement: whether the value that more sources agree on wins
    is_compared: whether values that differ contradict each other
    is_choice: false where no value wins, since all of them count
    rule: all of this in words
*/
with rules (
    field, preferred, preferred_why, settled, settled_why, counts_agreement, is_compared, all_count
) as (
    values
    (
        'title', 'English, else romaji, else its own, else native',
        'has a title in a language that goes first', null, null, false, false, null
    ),
    ('title_romaji', null, null, null, null, false, true, null),
    ('title_english', null, null, null, null, false, true, null),
    ('title_native', null, null, null, null, false, true, null),
    ('format', null, null, null, null, true, true, null),
    ('status', null, null, 'a cancellation', 'says that it was cancelled', true, true, null),
    ('source_material', 'anything but OTHER', 'names what it is based on', null, null, true, true, null),
    ('episodes', null, null, 'of a finished work', 'does not call it unfinished', true, true, null),
    ('duration_minutes', null, null, null, null, true, true, null),
    (
        'start_date', 'the most exact', 'is more exact',
        'of a work that has begun', 'does not call it upcoming', true, true, null
    ),
    (
        'end_date', 'the most exact', 'is more exact',
        'of a finished work', 'does not call it unfinished', true, true, null
    ),
    ('is_adult', 'true', 'marks it as adult', null, null, false, true, null),
    ('synopsis', 'text without HTML', 'writes without HTML', null, null, false, false, null),
    ('mean_score', null, null, null, null, false, false, 'the mean of all scores'),
    ('popularity', 'the largest', 'counts more users', null, null, false, false, null),
    ('synonyms', null, null, null, null, false, false, 'every title that no other column shows')
)

select
    field,
    preferred,
    preferred_why,
    settled,
    settled_why,
    counts_agreement,
    is_compared,
    all_count is null as is_choice,
    coalesce(
        all_count,
        concat_ws(
            ', then ',
            preferred,
            settled,
            if(settled is not null, 'the newest by 7 days', null),
            if(counts_agreement, 'what more sources agree on', null),
            'anilist > myanimelist > kitsu'
        )
    ) as rule
from rules
