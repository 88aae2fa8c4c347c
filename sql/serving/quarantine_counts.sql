/*
How many rows each staging table refused for which reason, the most frequent first, each with one example.
*/
select
    quarantine.stage,
    quarantine.reason,
    count(*) as refused,
    arg_min(
        quarantine.payload_path || ':' || quarantine.payload_line,
        (quarantine.payload_path, quarantine.payload_line)
    ) as example
from quality.quarantine
group by
    quarantine.stage,
    quarantine.reason
order by
    refused desc,
    quarantine.stage asc,
    quarantine.reason asc
