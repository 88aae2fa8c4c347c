/*
What people decided about identity and what became of it: every line of sql/seeds/match_overrides.csv, then of
match_overrides.csv in HOME. Of lines that contradict each other the newest counts (decided_at, then the later
line), and the others are set aside. A line takes effect in the next run.

grain: one line of a file of decisions
keys: file, line
group: identity
columns:
    file: sql/seeds/match_overrides.csv, or HOME/match_overrides.csv
    line: number of the line in it, from 1 for the names of columns
    left_source: source of the one record
    left_source_id: its id there
    right_source: source of the other record
    right_source_id: its id there
    decision: same or different
    reason: why, in the words of who decided
    decided_by: who decided
    decided_at: start of the day on which it was decided, UTC; null where the line does not say, which counts
        as oldest
    valid_until: last day on which it counts; null for good
    status: in_force, expired, stale (a record is in no catalogue at hand), contradicted (by a newer line), or
        impossible (it would put two records of one source into one anime)
    contradicted_by_file: file of the newer line that sets this one aside; null where none does
    contradicted_by_line: number of that line
    agrees_with_matching: whether matching, looking at the two records alone, would decide the same without
        the line; null where a record is not at hand
    remark: what became of it and what to do, in a sentence
*/
select
    computed.file::varchar as file,
    computed.line::integer as line,
    computed.left_source::varchar as left_source,
    computed.left_source_id::varchar as left_source_id,
    computed.right_source::varchar as right_source,
    computed.right_source_id::varchar as right_source_id,
    computed.decision::varchar as decision,
    computed.reason::varchar as reason,
    computed.decided_by::varchar as decided_by,
    computed.decided_at::timestamptz as decided_at,
    computed.valid_until::date as valid_until,
    computed.status::varchar as status,
    computed.contradicted_by_file::varchar as contradicted_by_file,
    computed.contradicted_by_line::integer as contradicted_by_line,
    computed.agrees_with_matching::boolean as agrees_with_matching,
    computed.remark::varchar as remark
from computed
