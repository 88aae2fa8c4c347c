/*
What a source calls finished or airing had begun when it was asked; a day is granted to other time zones.

Nothing is to be done where a source is wrong: the next crawl brings what it has corrected. Many such rows of
one source mean that sql/staging reads its dates or statuses wrongly.

severity: warn
*/
select
    source,
    source_id,
    anime_key,
    status,
    start_date,
    captured_at,
    payload_path,
    payload_line
from main.dim_anime_record
where
    status in ('FINISHED', 'AIRING')
    and start_date > captured_at::date + 1
order by source, source_id
