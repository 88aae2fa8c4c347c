"""Staging takes the sources' records as they come, says what is wrong with those it refuses, and keeps the newest."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.sql.building import Workshop

#: A line per source that is sound, with its id left open.
SOUND: dict[str, dict[str, Any]] = {
    "anilist": {"id": 1, "format": "TV", "status": "FINISHED"},
    "kitsu": {"id": "1", "type": "anime", "attributes": {"subtype": "TV", "status": "finished"}},
    "myanimelist": {"id": 1, "title": "One", "media_type": "tv"},
}
STAGES = {source: f"stg_{source}__anime_records" for source in SOUND}


def attributes(**values: Any) -> dict[str, Any]:
    """A Kitsu resource with these attributes."""
    return {"id": "1", "type": "anime", "attributes": values}


#: (source, record, the reason for refusing it)
FAULTS: list[tuple[str, Any, str]] = [
    ("anilist", "not json", 'the line is not a JSON object: "not json"'),
    ("kitsu", '["a", "list"]', 'the line is not a JSON object: "["a", "list"]"'),
    ("myanimelist", "", 'the line is not a JSON object: ""'),
    ("anilist", {"title": {"romaji": "No id"}}, "id is missing"),
    ("kitsu", {"type": "anime", "attributes": {}}, "id is missing"),
    ("myanimelist", {"node": {"title": "No id"}}, "id is missing"),
    ("anilist", {"id": "abc"}, 'id is "abc", expected a positive whole number'),
    ("anilist", {"id": 0}, "id is 0, expected a positive whole number"),
    ("anilist", {"id": -5}, "id is -5, expected a positive whole number"),
    ("myanimelist", {"id": 1.5}, "id is 1.5, expected a positive whole number"),
    ("kitsu", {"id": {"a": 1}}, 'id is {"a":1}, expected a positive whole number'),
    (
        "anilist",
        {"id": 1, "format": "TV_LONG"},
        'format is "TV_LONG", expected TV/TV_SHORT/MOVIE/SPECIAL/OVA/ONA/MUSIC',
    ),
    ("kitsu", attributes(subtype="film"), 'subtype is "film", expected TV/movie/OVA/ONA/special/music'),
    (
        "myanimelist",
        {"id": 1, "media_type": "film"},
        'media_type is "film", expected tv/movie/ova/ona/special/tv_special/music/cm/pv/unknown',
    ),
    ("anilist", {"id": 1, "season": "MONSOON"}, 'season is "MONSOON", expected WINTER/SPRING/SUMMER/FALL'),
    ("anilist", {"id": 1, "type": "MANGA"}, 'type is "MANGA", expected ANIME'),
    ("kitsu", {"id": "1", "type": "manga"}, 'type is "manga", expected anime'),
    ("anilist", {"id": 1, "episodes": "twelve"}, 'episodes is "twelve", expected a whole number'),
    ("anilist", {"id": 1, "episodes": -1}, "episodes is -1, expected a whole number"),
    ("anilist", {"id": 1, "title": "Bare"}, 'title is "Bare", expected an object'),
    ("anilist", {"id": 1, "title": {"english": 5}}, "title.english is 5, expected a text"),
    ("anilist", {"id": 1, "description": ["text"]}, 'description is ["text"], expected a text'),
    ("anilist", {"id": 1, "genres": "Action"}, 'genres is "Action", expected a list of texts'),
    ("anilist", {"id": 1, "tags": ["Space"]}, 'tags is ["Space"], expected a list of objects'),
    ("anilist", {"id": 1, "averageScore": 101}, "averageScore is 101, expected a number from 0 to 100"),
    ("kitsu", attributes(averageRating="high"), 'averageRating is "high", expected a number from 0 to 100'),
    ("myanimelist", {"id": 1, "mean": 11}, "mean is 11, expected a number from 0 to 10"),
    ("myanimelist", '{"id": 1, "mean": NaN}', "mean is NaN, expected a number from 0 to 10"),
    (
        "anilist",
        {"id": 1, "startDate": {"year": 2020, "month": 2, "day": 30}},
        'startDate is {"year":2020,"month":2,"day":30}, expected a {year, month, day}',
    ),
    ("kitsu", attributes(startDate="2020-13-01"), 'startDate is "2020-13-01", expected a date'),
    ("myanimelist", {"id": 1, "start_date": "soon"}, 'start_date is "soon", expected a date'),
    ("kitsu", attributes(ageRating="XXX"), 'ageRating is "XXX", expected G/PG/R/R18'),
    ("kitsu", {"id": "1", "attributes": "none"}, 'attributes is "none", expected an object'),
    ("myanimelist", {"id": 1, "updated_at": "today?"}, 'updated_at is "today?", expected a time'),
]


@pytest.mark.parametrize(("source", "record", "reason"), FAULTS, ids=lambda value: str(value)[:40])
def test_a_faulty_record_is_refused_with_the_field_and_its_value(
    shop: Workshop, source: str, record: Any, reason: str
) -> None:
    """One bad line goes to quarantine with its place; the line after it is staged."""
    other = dict(SOUND[source], id=2 if source != "kitsu" else "2")
    shop.land(source, record, other)
    shop.stage_anime(source)
    assert [text for _, text in shop.refused(STAGES[source])] == [reason]
    assert shop.rows("select payload_path, payload_line from quality.quarantine") == [
        (f"{source}/anime/2026-03-01.jsonl.gz", 1)
    ]
    assert shop.rows(f"select source_id from staging.stg_{source}__anime") == [("2",)]


@pytest.mark.parametrize("source", SOUND)
def test_a_record_with_nothing_but_an_id_is_fine(shop: Workshop, source: str) -> None:
    """Optional keys may be absent, or null."""
    nothing: dict[str, Any] = {
        "anilist": {"id": 7, "title": None, "tags": None},
        "kitsu": {"id": "7"},
        "myanimelist": {"id": 7},
    }
    shop.land(source, nothing[source])
    shop.stage()
    row = shop.row("select source_id, format, genres, start_date, is_adult from intermediate.int_anime_unioned")
    assert row == {"source_id": "7", "format": "UNKNOWN", "genres": [], "start_date": None, "is_adult": None}


@pytest.mark.parametrize("source", SOUND)
def test_the_last_sound_line_of_an_id_in_a_file_counts(shop: Workshop, source: str) -> None:
    """Earlier lines with the same id are refused as duplicates, a faulty last line for its fault."""
    shop.land(source, SOUND[source], SOUND[source], dict(SOUND[source], type="?") | {"media_type": "?"})
    shop.land(source, SOUND[source], day="2026-02-01")
    shop.stage_anime(source)
    refused = shop.refused(STAGES[source])
    assert refused[0] == ("1", "duplicate: id 1 comes again further down in this file")
    assert len(refused) == 2
    assert shop.rows(f"select payload_line from staging.stg_{source}__anime") == [(2,)]


def test_the_newest_understood_record_of_an_anime_is_staged(shop: Workshop) -> None:
    """A newer day replaces an older one, but a newer record that is refused does not take the anime away."""
    shop.land("anilist", {"id": 1, "episodes": 1}, {"id": 2, "episodes": 1}, day="2026-01-01")
    shop.land("anilist", {"id": 1, "episodes": 2}, {"id": 2, "episodes": "?"}, day="2026-01-02")
    shop.stage_anime("anilist")
    assert shop.rows("select source_id, episodes from staging.stg_anilist__anime order by 1") == [("1", 2), ("2", 1)]
    assert len(shop.rows("from staging.stg_anilist__anime_records")) == 3


def test_anilist_media_keeps_everything_it_states(shop: Workshop) -> None:
    """The nested objects of GraphQL come out as titles, tags, main studios and relations to anime."""
    shop.land(
        "anilist",
        {
            "id": 9,
            "idMal": 90,
            "type": "ANIME",
            "format": "TV_SHORT",
            "status": "NOT_YET_RELEASED",
            "source": "VIDEO_GAME",
            "title": {"romaji": "Kaze", "english": " Wind ", "native": "風"},
            "synonyms": ["Breeze", None, ""],
            "episodes": 12,
            "duration": 24,
            "startDate": {"year": 2013, "month": 12, "day": 28},
            "endDate": {"year": 2014, "month": 3, "day": None},
            "isAdult": False,
            "averageScore": 81,
            "popularity": 1000,
            "favourites": 10,
            "stats": {"scoreDistribution": [{"score": 10, "amount": 3}, {"score": 90, "amount": 4}]},
            "genres": ["Drama", "Action"],
            "tags": [{"name": "Space", "rank": 90, "isMediaSpoiler": True}, {"name": "School"}],
            "studios": {
                "edges": [
                    {"isMain": True, "node": {"name": "Kumo"}},
                    {"isMain": False, "node": {"name": "Money"}},
                ]
            },
            "relations": {
                "edges": [
                    {"relationType": "SEQUEL", "node": {"id": 10, "type": "ANIME"}},
                    {"relationType": "SOURCE", "node": {"id": 11, "type": "MANGA"}},
                ]
            },
            "updatedAt": 1744917291,
        },
    )
    shop.stage()
    row = shop.row("from intermediate.int_anime_unioned")
    assert (row["title_romaji"], row["title_english"], row["title_native"]) == ("Kaze", "Wind", "風")
    assert (row["format"], row["status"], row["source_material"]) == ("TV", "UPCOMING", "GAME")
    assert (row["synonyms"], row["genres"], row["studios"]) == (["Breeze"], ["Action", "Drama"], ["Kumo"])
    assert row["tags"] == [
        {"name": "Space", "weight": 0.9, "is_spoiler": True},
        {"name": "School", "weight": None, "is_spoiler": False},
    ]
    assert row["relations"] == [{"source_id": "10", "relation_type": "SEQUEL"}]
    assert (row["mean_score"], row["scored_by"], row["popularity"], row["favourites"]) == (81, 7, 1000, 10)
    assert (row["start_date"], row["end_date"]) == (date(2013, 12, 28), date(2014, 3, 31))
    assert (row["start_date_precision"], row["start_year"], row["season"]) == ("day", 2013, "WINTER")
    assert row["claimed_myanimelist_id"] == "90"
    assert row["is_adult"] is False
    assert row["record_updated_at"] == datetime(2025, 4, 17, 19, 14, 51, tzinfo=UTC)


def test_studios_may_come_as_nodes(shop: Workshop) -> None:
    """A query that asks for studios{nodes{name}} gives the same as one that asks for edges."""
    shop.land("anilist", {"id": 1, "studios": {"nodes": [{"name": "Kumo"}]}})
    shop.stage_anime("anilist")
    assert shop.row("from staging.stg_anilist__anime")["studios"] == ["Kumo"]


def test_kitsu_documents_keep_what_was_included(shop: Workshop) -> None:
    """Titles by language, and from `included` the genres, categories, studios, relations and mappings."""
    shop.land(
        "kitsu",
        {
            "data": attributes(
                slug="kaze",
                canonicalTitle="Kaze",
                titles={"en": "Wind", "en_jp": "Kaze", "ja_jp": "風", "de": None},
                abbreviatedTitles=[None, "Breeze"],
                subtype="movie",
                status="current",
                averageRating="82.47",
                ratingFrequencies={"2": "3", "20": "4"},
                userCount=5,
                startDate="2014-10-04",
                ageRating="R18",
                episodeCount=1,
                episodeLength=0,
                updatedAt="2023-04-28T12:00:04.037Z",
            ),
            "included": [
                {"id": "1", "type": "genres", "attributes": {"name": "Drama"}},
                {"id": "2", "type": "categories", "attributes": {"title": "Space"}},
                {
                    "id": "3",
                    "type": "mappings",
                    "attributes": {"externalSite": "myanimelist/anime", "externalId": "90"},
                },
                {"id": "4", "type": "mappings", "attributes": {"externalSite": "anilist/anime", "externalId": "9"}},
                {
                    "id": "5",
                    "type": "mediaRelationships",
                    "attributes": {"role": "parent_story"},
                    "relationships": {"destination": {"data": {"type": "anime", "id": "8"}}},
                },
                {
                    "id": "6",
                    "type": "animeProductions",
                    "attributes": {"role": "studio"},
                    "relationships": {"producer": {"data": {"type": "producers", "id": "7"}}},
                },
                {"id": "7", "type": "producers", "attributes": {"name": "Kumo"}},
                {"id": "8", "type": "producers", "attributes": {"name": "Money"}},
            ],
        },
    )
    shop.stage()
    row = shop.row("from intermediate.int_anime_unioned")
    assert (row["title_romaji"], row["title_english"], row["title_native"]) == ("Kaze", "Wind", "風")
    assert row["synonyms"] == ["Breeze", "Kaze", "Wind", "風"]
    assert (row["format"], row["status"], row["is_adult"]) == ("MOVIE", "AIRING", True)
    assert (row["mean_score"], row["scored_by"], row["duration_minutes"]) == (82.47, 7, None)
    assert (row["genres"], row["studios"]) == (["Drama"], ["Kumo"])
    assert row["tags"] == [{"name": "Space", "weight": None, "is_spoiler": False}]
    assert row["relations"] == [{"source_id": "8", "relation_type": "PARENT"}]
    assert (row["claimed_myanimelist_id"], row["claimed_anilist_id"]) == ("90", "9")


def test_a_blank_title_of_kitsu_gives_way_to_the_other_of_its_language(shop: Workshop) -> None:
    """Blank is as good as not stated."""
    titles = {"en_jp": " ", "en_cn": "Feng", "en": "", "en_us": " Wind ", "ja_jp": "", "zh_cn": "風"}
    shop.land("kitsu", attributes(titles=titles, canonicalTitle=" "))
    shop.stage_anime("kitsu")
    names = "title_romaji, title_english, title_native, title_canonical"
    assert shop.rows(f"select {names} from staging.stg_kitsu__anime") == [("Feng", "Wind", "風", None)]


def test_myanimelist_nodes_come_bare_or_wrapped(shop: Workshop) -> None:
    """Seconds become minutes, 0 episodes unknown, a mean of 10 becomes one of 100, and blank titles none."""
    node = {
        "id": 3,
        "title": "Kaze",
        "alternative_titles": {"synonyms": ["Breeze"], "en": "", "ja": "風"},
        "media_type": "tv_special",
        "status": "currently_airing",
        "num_episodes": 0,
        "average_episode_duration": 1450,
        "mean": 8.39,
        "num_list_users": 10,
        "num_scoring_users": 4,
        "source": "4_koma_manga",
        "nsfw": "black",
        "genres": [{"id": 1, "name": "Action"}],
        "studios": [{"id": 18, "name": "Kumo"}],
        "related_anime": [{"node": {"id": 4}, "relation_type": "alternative_version"}],
        "start_date": "2011",
        "start_season": {"year": 2011, "season": "fall"},
        "updated_at": "2024-01-01T09:00:00+09:00",
    }
    shop.land("myanimelist", {"node": node, "ranking": {"rank": 1}}, dict(node, id=4))
    shop.stage()
    row = shop.row("from intermediate.int_anime_unioned where source_id = '3'")
    assert (row["title_romaji"], row["title_english"], row["title_native"]) == ("Kaze", None, "風")
    assert (row["format"], row["status"], row["source_material"]) == ("SPECIAL", "AIRING", "MANGA")
    assert (row["episodes"], row["duration_minutes"], row["mean_score"]) == (None, 24.17, 83.9)
    assert row["relations"] == [{"source_id": "4", "relation_type": "ALTERNATIVE"}]
    assert (row["start_date"], row["start_date_precision"], row["season"]) == (date(2011, 10, 1), "season", "FALL")
    assert row["is_adult"] is True
    assert len(shop.rows("from intermediate.int_anime_unioned")) == 2


def test_myanimelist_relations_outlive_lists_that_leave_them_out(shop: Workshop) -> None:
    """The details of a title state its relations; lists say nothing of them, and newer details replace them."""
    told: list[tuple[str, list[int] | None]] = [("list", None), ("details", [2, 3]), ("list", None), ("newer", [4])]
    found = []
    for number, (title, related) in enumerate([*told, ("list", None), ("emptied", []), ("list", None)], start=1):
        edges = [{"node": {"id": one}, "relation_type": "sequel"} for one in related or []]
        record = {"id": 1, "title": title} | ({} if related is None else {"related_anime": edges})
        shop.answer("myanimelist", record, path=f"m{number}", day=f"2026-01-0{number}")
        shop.stage_anime("myanimelist")
        row = shop.row("from staging.stg_myanimelist__anime")
        assert row["title_romaji"] == title
        found.append(row["relations"] and [one["source_id"] for one in row["relations"]])
    assert found == [None, ["2", "3"], ["2", "3"], ["4"], ["4"], [], []]


@pytest.mark.parametrize(
    ("stated", "day", "precision", "season"),
    [
        ("2012-03-26", date(2012, 3, 26), "day", "SPRING"),
        ("2012-12-31", date(2012, 12, 31), "day", "WINTER"),
        ("2012-01-01", date(2012, 1, 1), "day", "WINTER"),
        ("2012-08", date(2012, 8, 1), "month", "SUMMER"),
        ("2012", date(2012, 1, 1), "year", None),
    ],
)
def test_the_season_follows_from_the_start_date(
    shop: Workshop, stated: str, day: date, precision: str, season: str | None
) -> None:
    """December to February is winter, and a date that names only a year has no season."""
    shop.land("myanimelist", {"id": 1, "start_date": stated})
    shop.stage()
    row = shop.row("from intermediate.int_anime_unioned")
    assert (row["start_date"], row["start_date_precision"], row["season"]) == (day, precision, season)
    assert row["start_year"] == 2012


def test_kitsu_dates_are_believed_as_far_as_the_file_deserves(shop: Workshop) -> None:
    """First days of quarters throughout a file tell seasons; elsewhere a first of the month tells the month."""
    quarters = ("01", "04", "07", "10")
    seasonal = [
        {"id": str(number), "attributes": {"startDate": f"2014-{quarters[number % 4]}-01"}} for number in range(1, 25)
    ]
    exact = [
        {"id": "101", "attributes": {"startDate": "2014-10-04"}},
        {"id": "102", "attributes": {"startDate": "2014-10-01"}},
        {"id": "103", "attributes": {"startDate": "2014-01-01"}},
    ]
    shop.land("kitsu", *seasonal, path="kitsu/anime/coarse.jsonl.gz")
    shop.land("kitsu", *exact, path="kitsu/anime/exact.jsonl.gz")
    shop.stage()
    kinds = (
        "select distinct start_date_precision from intermediate.int_anime_unioned where payload_path like '%coarse%'"
    )
    assert shop.rows(kinds) == [("season",)]
    assert shop.rows(
        "select start_date_precision from intermediate.int_anime_unioned "
        "where payload_path like '%exact%' order by source_id"
    ) == [("day",), ("month",), ("year",)]
