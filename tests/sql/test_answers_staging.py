"""What crawls land: records that come twice, answers that lack something, and Jikan's word for MyAnimeList."""

from typing import Any

import pytest

from tests.sql.building import Workshop

CRAWL = "{}/anime/20260301T000000Z-aaaaaaaaaaaa.responses.jsonl.gz"
#: A sound record of each service as its crawl lands it, its id left to the test.
SOUND: dict[str, dict[str, Any]] = {
    "anilist": {"title": {"romaji": "Kaze"}, "format": "TV"},
    "kitsu": {"data": {"type": "anime", "attributes": {"titles": {"en_jp": "Kaze"}, "subtype": "TV"}}, "included": []},
    "myanimelist": {"title": "Kaze", "media_type": "tv"},
    "jikan": {"title": "Kaze", "type": "TV"},
}


def record(service: str, number: int, **changes: Any) -> dict[str, Any]:
    """The service's sound record with this id; changes go where the service keeps its fields."""
    if service == "kitsu":
        data = SOUND["kitsu"]["data"]
        return {
            "data": {**data, "id": str(number), "attributes": {**data["attributes"], **changes}},
            "included": [],
        }
    return {("mal_id" if service == "jikan" else "id"): number, **SOUND[service], **changes}


@pytest.mark.parametrize("service", SOUND)
def test_what_a_crawl_gives_twice_is_no_fault_and_the_last_counts(shop: Workshop, service: str) -> None:
    """Overlapping pages repeat records; nothing goes to quarantine, and the pointer is that of the last one."""
    path = CRAWL.format(service)
    shop.answer(service, record(service, 1), record(service, 2), path=path, line=2)
    shop.answer(service, record(service, 2), record(service, 3), path=path, line=3)
    shop.stage_anime(service)
    assert shop.rows(
        f"select source_id, payload_line, payload_item from staging.stg_{service}__anime order by source_id"
    ) == [("1", 2, 1), ("2", 3, 1), ("3", 3, 2)]
    assert shop.refused(f"stg_{service}__anime_records") == []


@pytest.mark.parametrize("service", ["anilist", "kitsu", "myanimelist"])
def test_a_recording_that_names_an_id_twice_still_has_a_duplicate(shop: Workshop, service: str) -> None:
    """In a file of one record a line, somebody has made a mistake."""
    shop.land(service, record(service, 1), record(service, 1))
    shop.stage_anime(service)
    assert shop.refused(f"stg_{service}__anime_records") == [
        ("1", "duplicate: id 1 comes again further down in this file")
    ]


@pytest.mark.parametrize(
    ("service", "changes", "reason"),
    [
        ("anilist", {"title": None}, 'title is "(missing)", expected an object'),
        ("anilist", {"episodes": "12"}, 'episodes is "12", expected a whole number'),
        ("anilist", {"isAdult": "true"}, 'isAdult is "true", expected true/false'),
        ("anilist", {"genres": "Action"}, 'genres is "Action", expected a list of texts'),
        ("anilist", {"tags": ["Space"]}, 'tags is ["Space"], expected a list of objects'),
        ("kitsu", {"titles": None}, 'titles is "(missing)", expected an object'),
        ("kitsu", {"userCount": "many"}, 'userCount is "many", expected a whole number'),
        ("myanimelist", {"title": None}, 'title is ["(missing)"], expected a text'),
        ("myanimelist", {"mean": "8.1"}, 'mean is "8.1", expected a number from 0 to 10'),
        ("myanimelist", {"genres": {"id": 1}}, 'genres is {"id":1}, expected a list of objects'),
        ("jikan", {"title": None}, 'title is ["(missing)"], expected a text'),
        (
            "jikan",
            {"type": "Radio"},
            'type is "Radio", expected TV/Movie/OVA/ONA/Special/TV Special/Music/CM/PV/Unknown',
        ),
        ("jikan", {"duration": "25 minutes"}, 'duration is "25 minutes", expected a length'),
        ("jikan", {"rating": "18"}, 'rating is "18", expected a rating like PG-13'),
    ],
)
def test_drift_is_refused_with_reason_and_pointer_and_the_others_go_on(
    shop: Workshop, service: str, changes: dict[str, Any], reason: str
) -> None:
    """A missing title, an unknown word or another JSON type stops one record of an answer, not the answer."""
    shop.answer(service, record(service, 1), record(service, 2, **changes), path=CRAWL.format(service), line=4)
    shop.stage_anime(service)
    assert shop.rows(f"select source_id from staging.stg_{service}__anime") == [("1",)]
    assert shop.rows("select record_id, reason, payload_line, payload_item from quality.quarantine") == [
        ("2", reason, 4, 2)
    ]


def test_a_faulty_repetition_leaves_the_sound_one(shop: Workshop) -> None:
    """Of an id that comes once sound and once faulty, the sound one stays and the other is told."""
    path = CRAWL.format("anilist")
    shop.answer("anilist", record("anilist", 1), path=path, line=2)
    shop.answer("anilist", record("anilist", 1, format="TV_LONG"), path=path, line=3)
    shop.stage_anime("anilist")
    assert shop.rows("select source_id, payload_line from staging.stg_anilist__anime") == [("1", 2)]
    assert len(shop.refused("stg_anilist__anime_records")) == 1


def test_jikan_is_read_in_the_words_of_myanimelist(shop: Workshop) -> None:
    """Texts become minutes, words and dates; a score of 0 is none; members are users, popularity is a rank."""
    shop.answer(
        "jikan",
        {
            "mal_id": 7,
            "titles": [
                {"type": "Default", "title": "Kaze"},
                {"type": "Synonym", "title": "Breeze"},
                {"type": "Japanese", "title": "風"},
                {"type": "English", "title": "Wind"},
                {"type": "German", "title": "Der Wind"},
            ],
            "type": "TV Special",
            "source": "4-koma manga",
            "episodes": None,
            "status": "Currently Airing",
            "aired": {"prop": {"from": {"day": None, "month": 10, "year": 2014}, "to": None}},
            "duration": "1 hr 42 min",
            "rating": "Rx - Hentai",
            "score": 0,
            "members": 50,
            "popularity": 3,
            "studios": [{"mal_id": 1, "name": "Kumo"}],
            "genres": [{"name": "Action"}],
            "explicit_genres": [{"name": "Hentai"}],
            "themes": [{"name": "School"}],
            "demographics": [{"name": "Seinen"}],
        },
        path=CRAWL.format("jikan"),
    )
    shop.stage_anime("jikan")
    row = shop.row("from staging.stg_jikan__anime")
    assert (row["source"], row["source_id"]) == ("myanimelist", "7")
    assert (row["title_romaji"], row["title_english"], row["title_native"]) == ("Kaze", "Wind", "風")
    assert row["synonyms"] == ["Breeze", "Der Wind"]
    assert (row["format"], row["status"], row["source_material"]) == ("SPECIAL", "AIRING", "MANGA")
    assert (row["episodes"], row["duration_minutes"], row["started"], row["ended"]) == (None, 102.0, "2014-10", None)
    assert (row["mean_score"], row["popularity"], row["is_adult"]) == (None, 50, True)
    assert (row["genres"], row["studios"]) == (["Action", "Hentai", "School", "Seinen"], ["Kumo"])


def test_a_blank_title_of_jikan_is_none(shop: Workshop) -> None:
    """The next place that may state it counts, blanks around it aside."""
    titles = [{"type": "Default", "title": ""}, {"type": "English", "title": " Wind "}]
    blank = record("jikan", 1, title=" ", title_english="", title_japanese="  ", titles=titles)
    shop.answer("jikan", blank, path=CRAWL.format("jikan"))
    shop.stage_anime("jikan")
    names = "title_romaji, title_canonical, title_english, title_native"
    assert shop.rows(f"select {names} from staging.stg_jikan__anime") == [(None, None, "Wind", None)]


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("24 min per ep", 24.0), ("1 hr", 60.0), ("30 sec", 0.5), ("1 hr 1 min 30 sec", 61.5), ("Unknown", None)],
)
def test_jikans_lengths_become_minutes(shop: Workshop, text: str, minutes: float | None) -> None:
    """Hours, minutes and seconds in any combination."""
    shop.answer("jikan", record("jikan", 1, duration=text), path=CRAWL.format("jikan"))
    shop.stage_anime("jikan")
    assert shop.rows("select duration_minutes from staging.stg_jikan__anime") == [(minutes,)]


def test_myanimelists_own_word_comes_before_jikans(shop: Workshop) -> None:
    """Jikan's records stand in only for ids of which MyAnimeList's API told nothing sound, however new they are."""
    shop.answer("myanimelist", record("myanimelist", 1), record("myanimelist", 3, media_type="radio"), path="m")
    shop.answer("jikan", *[record("jikan", number, title="Other") for number in (1, 2, 3)], path="j", day="2026-04-01")
    for service in ("anilist", "kitsu", "myanimelist", "jikan"):
        shop.stage_anime(service)
    shop.build("intermediate/int_anime_unioned")
    assert shop.rows("select source, source_id, title_canonical from intermediate.int_anime_unioned order by all") == [
        ("myanimelist", "1", "Kaze"),
        ("myanimelist", "2", "Other"),
        ("myanimelist", "3", "Other"),
    ]
