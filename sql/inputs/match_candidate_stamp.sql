/*
How many rows fact_match_candidate holds, and one number for all that stands in them: equal rows give equal
numbers, whatever their order. No row for an empty table.
*/
select count(*)::varchar || ' ' || bit_xor(hash(fact_match_candidate))::varchar as stamp
from main.fact_match_candidate
having count(*) > 0
