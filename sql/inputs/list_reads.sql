/*
When each user's list was read last, by the name that it is kept under. A list without entries, or one that
may not be read, leaves nothing behind and is not here.
*/
with entries as (
    select
        'anilist' as source,
        subject,
        captured_at
    from raw.raw_anilist__lists
    union all
    select
        'kitsu' as source,
        subject,
        captured_at
    from raw.raw_kitsu__lists
    union all
    select
        'myanimelist' as source,
        subject,
        captured_at
    from raw.raw_myanimelist__lists
)

select
    source,
    subject,
    max(captured_at) as read_at
from entries
where subject is not null
group by source, subject
order by source, subject
