"""Kitsu's JSON:API resources, against its contract."""

import re
from datetime import date

import numpy as np
import pytest

from demo.franchises import PART
from demo.world import World

ATTRIBUTES = set(
    re.findall(
        r"\w+",
        """
        createdAt updatedAt slug synopsis description coverImageTopOffset titles canonicalTitle
        abbreviatedTitles averageRating ratingFrequencies userCount favoritesCount popularityRank
        ratingRank startDate endDate nextRelease ageRating ageRatingGuide subtype showType status tba
        episodeCount episodeLength totalLength posterImage coverImage youtubeVideoId nsfw
        """,
    )
)
SUBTYPES = {"TV", "OVA", "ONA", "movie", "music", "special"}
STATUSES = {"tba", "unreleased", "upcoming", "current", "finished", None}


@pytest.fixture(scope="module")
def records(default_world: World) -> list[dict]:
    """All recorded resources of the default world."""
    source = default_world.sources["kitsu"]
    return [source.record(row) for row in source.rows()]


@pytest.fixture(scope="module")
def attributes(records: list[dict]) -> list[dict]:
    """The attributes of all resources."""
    return [record["attributes"] for record in records]


def test_a_resource_has_a_text_id_and_all_attributes(records: list[dict]) -> None:
    """The id is a string of digits, the type is anime, and every attribute is there, null or not."""
    for record in records:
        assert set(record) == {"id", "type", "links", "attributes"}
        assert re.fullmatch(r"[1-9]\d*", record["id"])
        assert record["type"] == "anime"
        assert set(record["attributes"]) == ATTRIBUTES


def test_enumerations_hold_only_documented_values(attributes: list[dict]) -> None:
    """Subtypes have their mixed case, the status may be null, and every value occurs."""
    assert {one["subtype"] for one in attributes} == SUBTYPES
    assert {one["status"] for one in attributes} == STATUSES
    assert {one["ageRating"] for one in attributes} == {"G", "PG", "R", None}


def test_slugs_are_unique(attributes: list[dict]) -> None:
    """No two resources have the same slug, and a slug is plain."""
    slugs = [one["slug"] for one in attributes]
    assert len(set(slugs)) == len(slugs)
    assert all(re.fullmatch(r"[a-z0-9-]+", slug) for slug in slugs)


def test_dates_are_whole_or_null(attributes: list[dict]) -> None:
    """Every date can be read, and more start on the first of a month than chance would have it."""
    starts = [date.fromisoformat(one["startDate"]) for one in attributes if one["startDate"]]
    assert len(starts) < len(attributes)
    assert np.mean([start.day == 1 for start in starts]) > 0.15
    assert np.mean([(start.month, start.day) == (1, 1) for start in starts]) > 0.02


def test_numbers_have_kitsus_types(attributes: list[dict]) -> None:
    """The average and the frequencies are texts, counts are numbers, an unknown total length is 0."""
    for one in attributes:
        assert one["averageRating"] is None or re.fullmatch(r"\d\d\.\d\d", one["averageRating"])
        assert all(isinstance(count, str) and 2 <= int(step) <= 20 for step, count in one["ratingFrequencies"].items())
        assert isinstance(one["userCount"], int)
        assert isinstance(one["totalLength"], int)
    assert any(one["averageRating"] is None for one in attributes)
    assert any(one["totalLength"] == 0 for one in attributes)


def test_titles_are_by_locale_and_the_canonical_one_is_either(attributes: list[dict]) -> None:
    """The canonical title is the romaji or the English one; some languages are missing or null."""
    canonical = [
        (
            one["canonicalTitle"] == one["titles"].get("en"),
            one["canonicalTitle"] == one["titles"].get("en_jp"),
        )
        for one in attributes
    ]
    assert all(english or romaji for english, romaji in canonical)
    assert 0.1 < np.mean([english and not romaji for english, romaji in canonical]) < 0.5
    assert any("ja_jp" in one["titles"] and one["titles"]["ja_jp"] is None for one in attributes)
    assert any("en_jp" not in one["titles"] for one in attributes)


def test_abbreviated_titles_may_be_null_or_hold_null(attributes: list[dict]) -> None:
    """The list is sometimes null, sometimes empty, and sometimes has a null in it."""
    lists = [one["abbreviatedTitles"] for one in attributes]
    assert None in lists
    assert [] in lists
    assert any(None in texts for texts in lists if texts)


def test_adult_titles_are_hidden(default_world: World) -> None:
    """No adult anime is known to an anonymous reader of Kitsu."""
    assert not (default_world.sources["kitsu"].known & default_world.catalogue.features.is_adult).any()


def test_later_seasons_are_missing_more_often(default_world: World) -> None:
    """Of second and later seasons Kitsu has a smaller share than of first entries."""
    source, plan = default_world.sources["kitsu"], default_world.catalogue.plan
    multi = plan.size > 1
    first, later = multi & (plan.predecessor < 0), multi & (plan.depth > 0)
    assert source.catalogued[later].mean() < source.catalogued[first].mean() - 0.05


def test_some_split_seasons_are_counted_as_one(default_world: World) -> None:
    """Where a second part is missing, some first parts have the episodes of both."""
    source, catalogue = default_world.sources["kitsu"], default_world.catalogue
    plan, episodes = catalogue.plan, catalogue.schedule.episodes
    parts = np.flatnonzero((plan.role == PART) & (plan.part == 2) & ~source.known)
    told = [source.episodes(int(plan.predecessor[row])) for row in parts]
    both = episodes[parts] + episodes[plan.predecessor[parts]]
    merged = sum(count is not None and abs(count - sum_) <= 1 for count, sum_ in zip(told, both, strict=True))
    assert 0.3 < merged / len(parts) < 0.7
