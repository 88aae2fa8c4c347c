/*
The people whose lists are known. user_key is computed from source and user_id (MD5, 53 bits, exact in JSON),
so it is the same everywhere; the cohort comes from another part of the same kind of hash, so it never changes
either.

grain: one user of one source
keys: user_key
group: ratings
columns:
    user_key: lasting key of the user
    source: whose user
    user_id: the user as the source names them
    cohort_id: control (50 %), treatment_a (25 %) or treatment_b (25 %)
    list_entries: anime on the list
    ratings: anime with a score
*/
with users as (
    select
        int_ratings_unioned.source,
        int_ratings_unioned.user_id,
        count(*) as list_entries,
        count(int_ratings_unioned.source_score) as ratings
    from intermediate.int_ratings_unioned
    group by int_ratings_unioned.source, int_ratings_unioned.user_id
),

hashed as (
    select
        users.*,
        cast(md5_number_lower(users.source || ':' || users.user_id) >> 11 as bigint) as user_key,
        md5_number_lower('cohort:' || users.source || ':' || users.user_id) % 100 as bucket
    from users
)

select
    hashed.user_key,
    hashed.source,
    hashed.user_id,
    case
        when hashed.bucket < 50 then 'control'
        when hashed.bucket < 75 then 'treatment_a'
        else 'treatment_b'
    end as cohort_id,
    hashed.list_entries,
    hashed.ratings
from hashed
