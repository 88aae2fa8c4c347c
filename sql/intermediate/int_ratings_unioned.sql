/*
Every sound list entry of every source in one shape, scores still on the source's own scale.

grain: one anime on one user's list
keys: source, user_id, source_id
group: ratings
columns:
    source: whose user and whose ids
    user_id: the user as the source names them
    source_id: the anime in the source's own numbering
    source_score: on the source's scale; null where unrated
    status: watching, completed, on_hold, dropped, planned; null where not stated
    rated_at: when the entry last changed; null where not stated
    captured_at: when the list was taken from the source
    payload_path: landed file
    payload_line: line in that file
    payload_item: place of the entry in the response on that line; null for a recording
*/
select * from staging.stg_anilist__ratings
union all by name
select * from staging.stg_kitsu__ratings
union all by name
select * from staging.stg_myanimelist__ratings
