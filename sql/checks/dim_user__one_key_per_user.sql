/*
Each user of a source has one key.

Two rows with one user mean that int_ratings_unioned spells the name in two ways, or that a join doubled it.

severity: error
*/
select
    dim_user.source,
    dim_user.user_id,
    list(dim_user.user_key order by dim_user.user_key) as user_keys
from main.dim_user
group by dim_user.source, dim_user.user_id
having count(*) > 1
order by dim_user.source, dim_user.user_id
