/*
No source gives one mean score so often that it can only stand in for scores nobody knows.

Nothing is to be done: dim_anime leaves it out, and dim_anime_record keeps what was stated. Whoever made the
recording filled its gaps, perhaps in other columns as well; a source's own answers have none of this.

severity: warn
*/
select
    source,
    mean_score,
    records
from intermediate.int_filling_scores
order by source
