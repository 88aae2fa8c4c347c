/*
Decisions of people can all hold together.

The newest counts; the sample names the lines that were set aside, and what sets them aside: correct or remove
one of the two.

severity: warn
*/
select
    fact_match_override.file,
    fact_match_override.line,
    fact_match_override.status,
    fact_match_override.remark
from main.fact_match_override
where fact_match_override.status in ('contradicted', 'impossible')
order by fact_match_override.file, fact_match_override.line
