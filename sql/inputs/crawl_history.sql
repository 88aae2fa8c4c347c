/*
The crawls that came to their end, newest first.
*/
select
    crawl.source,
    crawl.stream,
    crawl.kind,
    crawl.partition,
    crawl.started_at,
    crawl.ended_at,
    crawl.responses,
    crawl.watermark
from raw.crawl
order by crawl.started_at desc, crawl.payload_path desc
