/*
The lasting keys of users of one source, as dim_user computes them, for names that may be in no table.
*/
select cast(md5_number_lower($source || ':' || user_id) >> 11 as bigint) as user_key
from (select unnest($identities::varchar[]) as user_id) as users
order by user_key
