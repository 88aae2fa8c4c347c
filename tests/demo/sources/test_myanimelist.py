"""MyAnimeList's v2 nodes, against its contract."""

import re

import numpy as np
import pytest

from demo.world import World

REQUIRED = {
    "id",
    "title",
    "alternative_titles",
    "media_type",
    "status",
    "num_episodes",
    "genres",
    "studios",
    "nsfw",
}
OPTIONAL = set(
    re.findall(
        r"\w+",
        """
        main_picture start_date end_date synopsis mean rank popularity num_list_users num_scoring_users
        created_at updated_at start_season source average_episode_duration rating related_anime
        """,
    )
)
# tv_special and pv are in the contract's open set; cm does not occur here
MEDIA_TYPES = {"unknown", "tv", "ova", "movie", "special", "ona", "music", "pv", "tv_special"}
STATUSES = {"finished_airing", "currently_airing", "not_yet_aired"}
SOURCES = set(
    re.findall(
        r"\w+",
        """
        other original manga 4_koma_manga novel light_novel visual_novel game web_novel mixed_media
        """,
    )
)
RELATIONS = set(
    re.findall(
        r"\w+",
        """
        sequel prequel side_story parent_story summary full_story spin_off alternative_version
        """,
    )
)


@pytest.fixture(scope="module")
def records(default_world: World) -> list[dict]:
    """All recorded nodes of the default world."""
    source = default_world.sources["myanimelist"]
    return [source.record(row) for row in source.rows()]


def test_a_missing_value_is_left_out(records: list[dict]) -> None:
    """No key has a null value; keys are the contract's; each optional one is missing somewhere."""
    for record in records:
        assert REQUIRED <= set(record) <= REQUIRED | OPTIONAL
        assert None not in record.values()
    for key in ("start_date", "end_date", "synopsis", "mean", "rank", "start_season", "source", "rating"):
        assert any(key not in record for record in records)


def test_enumerations_hold_only_documented_values(records: list[dict]) -> None:
    """Types, states, sources, ratings and relations are MyAnimeList's, and the usual ones all occur."""
    assert {record["media_type"] for record in records} <= MEDIA_TYPES
    assert {"tv", "movie", "ova", "ona", "special", "tv_special"} <= {record["media_type"] for record in records}
    assert {record["status"] for record in records} == STATUSES
    assert {record["source"] for record in records if "source" in record} == SOURCES
    assert {record["rating"] for record in records if "rating" in record} <= {
        "g",
        "pg",
        "pg_13",
        "r",
        "r+",
        "rx",
    }
    assert {record["nsfw"] for record in records} == {"white", "gray", "black"}
    related = [edge for record in records for edge in record.get("related_anime", [])]
    assert {edge["relation_type"] for edge in related} == RELATIONS


def test_missing_titles_are_empty_texts(records: list[dict]) -> None:
    """English and Japanese titles are always texts, sometimes empty; synonyms are a list."""
    names = [record["alternative_titles"] for record in records]
    assert all(set(name) == {"synonyms", "en", "ja"} for name in names)
    assert all(isinstance(name["en"], str) and isinstance(name["ja"], str) for name in names)
    assert 0.3 < np.mean([name["en"] == "" for name in names]) < 0.7
    assert 0.03 < np.mean([name["ja"] == "" for name in names]) < 0.15


def test_dates_may_be_a_month_or_a_year(records: list[dict]) -> None:
    """YYYY-MM-DD, YYYY-MM and YYYY all occur, nothing else does."""
    lengths = {len(record["start_date"]) for record in records if "start_date" in record}
    assert lengths == {10, 7, 4}
    assert all(re.fullmatch(r"\d{4}(-\d\d){0,2}", record.get("start_date", "2000")) for record in records)


def test_winter_begins_in_january(records: list[dict]) -> None:
    """A season has the year of its start date, and December is fall here."""
    for record in records:
        if "start_season" in record:
            year, month = record["start_date"].split("-")[:2]
            season = ("winter", "spring", "summer", "fall")[(int(month) - 1) // 3]
            assert record["start_season"] == {"year": int(year), "season": season}


def test_numbers_have_their_units(records: list[dict]) -> None:
    """Lengths are seconds, an unknown number of episodes is 0, means are 0-10, popularity is a rank."""
    assert any(record["num_episodes"] == 0 for record in records)
    assert np.median([record["average_episode_duration"] for record in records]) > 1000
    assert all(0 <= record["mean"] <= 10 for record in records if "mean" in record)
    best = min(records, key=lambda record: record["popularity"])
    assert best["num_list_users"] == max(record["num_list_users"] for record in records)


def test_adult_titles_are_rx_black_and_unranked(records: list[dict]) -> None:
    """The three signs of an adult title go together."""
    adult = [record for record in records if record["nsfw"] == "black"]
    assert adult
    assert all(record["rating"] == "rx" and "rank" not in record for record in adult)
    assert not any(record.get("rating") == "rx" for record in records if record["nsfw"] != "black")


def test_only_details_have_relations(records: list[dict]) -> None:
    """About half of the records come from the detail endpoint; what they relate to is recorded."""
    assert 0.4 < np.mean(["related_anime" in record for record in records]) < 0.6
    ids = {record["id"] for record in records}
    related = {edge["node"]["id"] for record in records for edge in record.get("related_anime", [])}
    assert related
    assert related <= ids
