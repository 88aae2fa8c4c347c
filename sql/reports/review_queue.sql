/*
The most popular pairs that wait for a person.
*/
select
    vw_match_review.left_source,
    vw_match_review.left_source_id,
    vw_match_review.left_title,
    vw_match_review.right_source,
    vw_match_review.right_source_id,
    vw_match_review.right_title,
    vw_match_review.score,
    vw_match_review.reason
from main.vw_match_review
order by
    vw_match_review.popularity desc,
    vw_match_review.left_source asc,
    vw_match_review.left_source_id asc,
    vw_match_review.right_source asc,
    vw_match_review.right_source_id asc
limit 8
