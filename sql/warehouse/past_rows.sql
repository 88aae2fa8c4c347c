/*
A staging table as the statements that read it should find it when they are asked about captures: each capture
is a record of its own, named by `capture_id`. The other rows of a landed file stay, without an id, since some
rules judge a file as a whole.
*/
with captures as (
    select *
    from past.main.capture
    where service = $service
)

select captured.* replace (captures.capture_id as source_id)
from query_table($captured_table) as captured
semi join captures as files on captured.payload_path = files.payload_path
left join captures
    on captured.source_id = captures.source_id and captured.payload_path = captures.payload_path
