/*
The life of every anime key, event by event, as landed in landing/osusume/key_events. A key that was merged
away is never used for another anime.

grain: one event
keys: event_number
group: identity
columns:
    event_number: order of events, from 1
    occurred_at: when the run that caused it took place, UTC
    anime_key: the key it happened to
    event: born; joined (a record was found to be this anime); merged_into; split_from; retired (none of its
        records is in a catalogue any more); revived; left (this record is in no catalogue any more); returned
    other_key: the key merged into or split from; null where none
    source: source of the record it is about; null where it is about the key alone
    source_id: id of that record
    cause: why, in words
*/
select
    computed.event_number::bigint as event_number,
    computed.occurred_at::timestamptz as occurred_at,
    computed.anime_key::bigint as anime_key,
    computed.event::varchar as event,
    computed.other_key::bigint as other_key,
    computed.source::varchar as source,
    computed.source_id::varchar as source_id,
    computed.cause::varchar as cause
from computed
