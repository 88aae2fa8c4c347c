/*
When each user's list was read last, by the name that it is kept under. That a list has no entries, or may not
be read, is an answer as well.
*/
select
    crawl.source,
    told.list_read.subject,
    max(told.list_read.read_at) as read_at
from raw.crawl
cross join unnest(crawl.reads) as told (list_read)
where crawl.stream = 'lists'
group by all
order by all
