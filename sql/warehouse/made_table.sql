/*
What each table holds and what it was made from, so that a run makes again only what would be other, and
checks again only what was not found sound before. Whatever changes a table takes content and made_from out.

grain: one table or view
keys: table_name
columns:
    table_name: the table as schema.table
    content: what its rows have in common with equal rows, and no others have
    made_from: the hash of its SQL and of the content of everything that it reads; null for what Python makes
    sound_with: the hash of its content, its checks, and the content of everything that these read, when all
        of them held last; null when they did not or were not run
*/
select
    null::varchar as table_name,
    null::varchar as content,
    null::varchar as made_from,
    null::varchar as sound_with
where false
