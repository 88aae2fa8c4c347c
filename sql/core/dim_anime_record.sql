/*
The catalogue records behind the anime: each as its source states it, before anything is folded into
dim_anime. Of each record the newest sound version stands here, and of what Jikan tells only the ids of which
MyAnimeList's own API has told nothing sound. The synopsis and the tags are left out for their size: the
payload holds them, dim_anime and bridge_anime_tag what became of them.

grain: one record of one source that is in a catalogue
keys: source, source_id
columns:
    source: anilist, kitsu or myanimelist
    source_id: the source's own id
    anime_key: the anime it is
    title_romaji: title in Latin letters
    title_english: English title
    title_native: title in the original script
    title_canonical: the title the source itself shows
    synonyms: other titles, any language
    slug: the source's readable address of the title
    format: TV, MOVIE, OVA, ONA, SPECIAL, MUSIC, PROMO or UNKNOWN
    status: FINISHED, AIRING, UPCOMING, CANCELLED, HIATUS; null where not stated
    source_material: what it is based on
    episodes: number of episodes; null where unknown
    duration_minutes: minutes per episode; null where unknown
    started: start as exactly as stated, e.g. 2014-10-04, 2014-10, 2014 FALL or 2014
    start_date: first day of the stated day, month, season or year
    start_date_precision: day, month, season or year
    start_year: calendar year of start_date
    season: WINTER (December to February), SPRING, SUMMER or FALL; null where only the year is known
    ended: end as exactly as stated, e.g. 2014-12-20, 2014-12 or 2014
    end_date: last day of the stated day, month or year
    is_adult: whether the source marks it as adult; null where it says nothing
    mean_score: 0-100, as stated, also where it stands in for scores nobody knows; null where none is stated
    scored_by: users who scored it
    popularity: users who have it on a list
    favourites: users who made it a favourite
    genres: as the source spells them
    studios: animation studios as the source spells them
    relations: related records of the same source (source_id) and in what way (relation_type)
    claimed_myanimelist_id: the MyAnimeList id the source names: a claim, not a fact
    claimed_anilist_id: the AniList id the source names: a claim, not a fact
    site_url: its page at the source
    record_updated_at: when the source last changed it; null where it does not say
    captured_at: when the payload was taken from the source
    payload_path: landed file
    payload_line: line in that file
    payload_item: place of the record in the response on that line; null for a recording
*/
select
    records.source,
    records.source_id,
    identities.anime_key,
    records.* exclude (source, source_id, synopsis, tags)
from intermediate.int_anime_unioned as records
inner join intermediate.int_anime_identities as identities using (source, source_id)
