/*
What names the data that models learn from: the part of a version's id that stands for ml.training_item and
ml.training_entry. Models that do not look at what anime are about have a hash without that.

grain: the one set of data that models learn from
keys: described_version
columns:
    described_version: 16 hex digits for the lists and for what anime are about
    rated_version: 16 hex digits for the lists alone, and for what may be recommended
    users: how many people have a list
    anime: how many anime there are
    entries: how many entries the lists have
*/
select
    computed.described_version::varchar as described_version,
    computed.rated_version::varchar as rated_version,
    computed.users::integer as users,
    computed.anime::integer as anime,
    computed.entries::bigint as entries
from computed
