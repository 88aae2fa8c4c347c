/*
What Kitsu sent along with an anime in the JSON:API `included` list: genres, categories, productions,
relationships and mappings to other sites. Records without such a list have no row.

grain: one anime in one landed file
keys: source_id, payload_path
columns:
    source_id: Kitsu id
    payload_path: landed file
    payload_line: line in that file
    payload_item: place of the record in the response on that line; null for a recording
    genres: genres, sorted
    tags: categories as name, weight (null, Kitsu has none) and is_spoiler (false), sorted
    studios: producers in the role of a studio, sorted
    relations: anime on Kitsu that it is related to and in what way, e.g. SEQUEL
    claimed_myanimelist_id: MyAnimeList id by a mapping, a claim to be checked
    claimed_anilist_id: AniList id by a mapping, a claim to be checked
*/
with unpacked as (
    select
        *,
        json_transform(
            included,
            '[{"id": "VARCHAR", "type": "VARCHAR",
               "attributes": {"title": "VARCHAR", "name": "VARCHAR", "role": "VARCHAR",
                              "externalSite": "VARCHAR", "externalId": "VARCHAR"},
               "relationships": {"destination": {"data": {"id": "VARCHAR", "type": "VARCHAR"}},
                                 "producer": {"data": {"id": "VARCHAR"}}}}]'
        ) as resources
    from staging.stg_kitsu__anime_records
    where json_array_length(included) > 0
)

select
    source,
    source_id,
    payload_path,
    payload_line,
    payload_item,
    list_sort([entry.attributes.name for entry in resources if entry.type = 'genres']) as genres,
    [
        struct_pack(name := title, weight := null::double, is_spoiler := false)
        for title in list_sort([entry.attributes.title for entry in resources if entry.type = 'categories'])
        if title is not null
    ] as tags,
    list_sort([
        maker.attributes.name for maker in resources
        if maker.type = 'producers' and list_contains(
            [
                entry.relationships.producer.data.id for entry in resources
                if entry.type = 'animeProductions' and entry.attributes.role = 'studio'
            ],
            maker.id
        )
    ]) as studios,
    [
        struct_pack(
            source_id := entry.relationships.destination.data.id,
            relation_type := replace(regexp_replace(
                upper(entry.attributes.role), '^(ALTERNATIVE|PARENT)_.*', '\1'
            ), 'SPINOFF', 'SPIN_OFF')
        ) for entry in resources
        if entry.type = 'mediaRelationships' and entry.relationships.destination.data.type = 'anime'
    ] as relations,
    [
        entry.attributes.externalid for entry in resources
        if entry.type = 'mappings' and entry.attributes.externalsite = 'myanimelist/anime'
    ][1] as claimed_myanimelist_id,
    [
        entry.attributes.externalid for entry in resources
        if entry.type = 'mappings' and entry.attributes.externalsite in ('anilist/anime', 'anilist')
    ][1] as claimed_anilist_id,
    source_id as record_id,
    null::varchar as rejection_reason
from unpacked
