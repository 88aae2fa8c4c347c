/*
Every decision of a person still counts.

Give the line that the sample names another valid_until, or remove it.

severity: warn
*/
select
    fact_match_override.file,
    fact_match_override.line,
    fact_match_override.status,
    fact_match_override.remark
from main.fact_match_override
where fact_match_override.status = 'expired'
order by fact_match_override.file, fact_match_override.line
