/*
Every decision of a person is about records that a catalogue at hand holds.

Correct the id in the line that the sample names, or remove the line if the record is gone for good. Until
then it waits, and it counts again when the record is back.

severity: warn
*/
select
    fact_match_override.file,
    fact_match_override.line,
    fact_match_override.status,
    fact_match_override.remark
from main.fact_match_override
where fact_match_override.status = 'stale'
order by fact_match_override.file, fact_match_override.line
