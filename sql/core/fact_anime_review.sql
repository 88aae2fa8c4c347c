/*
What people wrote about each anime, from the sources that have reviews; a source's newest version of each
review. Reviews of records that are no known anime are left out; a check counts them. Authors are known by a
salted hash or not at all. Texts are their authors'.

grain: one review of one source
keys: source, review_id
columns:
    source: where it was written: anilist, kitsu or myanimelist
    review_id: its id there
    anime_key: the anime it is about
    source_id: the record it is about, in the source's own numbering
    author: salted hash that stands for the author; null where the source does not say
    score: what the author gives the anime, 0-100; null where not stated
    summary: in a sentence or a word, where the source has that
    body: the text, verbatim
    helpful: readers who found it helpful or liked it; null where not stated
    votes: readers who said whether it helped them; null where the source does not ask
    is_spoiler: whether it gives the plot away; null where not stated
    created_at: when it was written, UTC; null where not stated
    updated_at: when it was last changed, UTC; null where not stated
*/
with reviews as (
    select * from staging.stg_anilist__reviews
    union all by name
    select * from staging.stg_kitsu__reviews
    union all by name
    select * from staging.stg_jikan__reviews
)

select
    reviews.source,
    reviews.review_id,
    int_anime_identities.anime_key,
    reviews.source_id,
    reviews.author,
    reviews.score,
    reviews.summary,
    reviews.body,
    reviews.helpful,
    reviews.votes,
    reviews.is_spoiler,
    reviews.created_at,
    reviews.updated_at
from reviews
inner join intermediate.int_anime_identities
    on
        reviews.source = int_anime_identities.source
        and reviews.source_id = int_anime_identities.source_id
