/*
What was refused on the way in, by source and kind of fault, each with one example and the place of its
payload in the landing files. Nothing is lost: the payload still stands there.
*/
select
    source,
    stage,
    regexp_replace(regexp_replace(reason, '".*"', '"…"'), '[0-9]+', 'N', 'g') as fault,
    count(*) as refused,
    arg_min(reason, (payload_path, payload_line)) as example,
    arg_min(payload_path || ':' || payload_line, (payload_path, payload_line)) as place
from quality.quarantine
group by all
order by refused desc, source asc, stage asc, fault asc
