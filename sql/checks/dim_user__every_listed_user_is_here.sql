/*
Everybody who has a list is here, and nobody else.

Build dim_user again from the present lists.

severity: error
*/
with listed as (
    select distinct
        int_ratings_unioned.source,
        int_ratings_unioned.user_id
    from intermediate.int_ratings_unioned
)

select
    coalesce(listed.source, dim_user.source) as source,
    coalesce(listed.user_id, dim_user.user_id) as user_id,
    listed.user_id is not null as has_a_list,
    dim_user.user_id is not null as is_in_dim_user
from listed
full outer join main.dim_user
    on
        listed.source = dim_user.source
        and listed.user_id = dim_user.user_id
where listed.user_id is null or dim_user.user_id is null
order by all
