"""Lists that crawls read become ratings: each user's newest list as a whole, beside what was recorded."""

from typing import Any

import pytest

from tests.sql.building import Workshop

SOURCES = ("anilist", "kitsu", "myanimelist")
#: Each source's word for a finished and for a planned title, and its way to write "unrated".
COMPLETED = {"anilist": "COMPLETED", "kitsu": "completed", "myanimelist": "completed"}
PLANNED = {"anilist": "PLANNING", "kitsu": "planned", "myanimelist": "plan_to_watch"}
UNRATED: dict[str, Any] = {"anilist": 0, "kitsu": None, "myanimelist": 0}


def entry(source: str, anime: int, score: Any, status: Any = None, at: str = "2026-01-01T00:00:00Z") -> dict[str, Any]:
    """An entry as the source's crawl lands it."""
    word = status or COMPLETED[source]
    if source == "anilist":
        seconds = 1767225600 if at.startswith("2026-01-01") else 1767312000
        return {"id": 900 + anime, "mediaId": anime, "status": word, "score": score, "updatedAt": seconds}
    if source == "kitsu":
        return {
            "id": "x",
            "type": "libraryEntries",
            "attributes": {"status": word, "ratingTwenty": score, "updatedAt": at},
            "relationships": {"anime": {"data": {"type": "anime", "id": str(anime)}}},
        }
    return {"node": {"id": anime}, "list_status": {"status": word, "score": score, "updated_at": at}}


def staged(shop: Workshop, source: str) -> list[tuple[Any, ...]]:
    """User, anime, score and status of the staged ratings."""
    shop.stage_ratings(source)
    return shop.rows(f"select user_id, source_id, source_score, status from staging.stg_{source}__ratings order by all")


@pytest.mark.parametrize("source", SOURCES)
def test_entries_become_ratings_in_the_projects_words(shop: Workshop, source: str) -> None:
    """The subject is the user; each source's "unrated" is no score."""
    shop.answer(
        source,
        entry(source, 1, 8),
        entry(source, 2, UNRATED[source], PLANNED[source]),
        stream="lists",
        path="l",
        subject="ann",
    )
    assert staged(shop, source) == [("ann", "1", 8.0, "completed"), ("ann", "2", None, "planned")]


def test_all_of_anilists_statuses_are_known(shop: Workshop) -> None:
    """Watching again is watching."""
    words = ("CURRENT", "REPEATING", "COMPLETED", "PAUSED", "DROPPED", "PLANNING")
    entries = [entry("anilist", number, 50, word) for number, word in enumerate(words, start=1)]
    shop.answer("anilist", *entries, stream="lists", path="l", subject="ann")
    assert [row[3] for row in staged(shop, "anilist")] == [
        "watching",
        "watching",
        "completed",
        "on_hold",
        "dropped",
        "planned",
    ]


@pytest.mark.parametrize("source", SOURCES)
def test_a_newer_list_replaces_the_older_one_whole(shop: Workshop, source: str) -> None:
    """What vanished from Ann's list is gone; Bob, whom the newer crawl did not read, keeps his."""
    shop.answer(source, entry(source, 1, 8), entry(source, 2, 8), stream="lists", path="a", subject="ann")
    shop.answer(source, entry(source, 5, 6), stream="lists", path="a", line=3, subject="bob")
    shop.answer(source, entry(source, 1, 4), stream="lists", path="b", subject="ann", day="2026-04-01")
    assert staged(shop, source) == [("ann", "1", 4.0, "completed"), ("bob", "5", 6.0, "completed")]


@pytest.mark.parametrize("source", SOURCES)
def test_a_list_that_was_emptied_or_closed_leaves_no_ratings(shop: Workshop, source: str) -> None:
    """Until it is shown again; the lists of others, and what was recorded of the user, stay."""
    shop.rate(source, ("ann", "9", "7", "completed", None))
    shop.answer(source, entry(source, 1, 8), stream="lists", path="a", subject="ann")
    shop.answer(source, entry(source, 5, 6), stream="lists", path="a", line=3, subject="bob")
    shop.crawled("a", source, "lists", reads={"ann": 1, "bob": 1})
    shop.crawled("b", source, "lists", day="2026-04-01", reads={"ann": 0})
    others = [("ann", "9", 7.0, "completed"), ("bob", "5", 6.0, "completed")]
    assert staged(shop, source) == others
    shop.answer(source, entry(source, 2, 4), stream="lists", path="c", subject="ann", day="2026-05-01")
    shop.crawled("c", source, "lists", day="2026-05-01", reads={"ann": 1})
    assert staged(shop, source) == [("ann", "2", 4.0, "completed"), *others]


@pytest.mark.parametrize("source", SOURCES)
def test_a_list_that_closed_between_two_of_its_pages_leaves_no_ratings(shop: Workshop, source: str) -> None:
    """What its first page showed counts as little as the list of an earlier crawl: half a list is none."""
    shop.answer(source, entry(source, 1, 8), entry(source, 2, 8), stream="lists", path="a", subject="ann")
    shop.crawled("a", source, "lists", reads={"ann": 2})
    shop.answer(source, entry(source, 1, 8), stream="lists", path="b", subject="ann", day="2026-04-01")
    shop.crawled("b", source, "lists", day="2026-04-02", reads={"ann": 0})
    assert staged(shop, source) == []


@pytest.mark.parametrize("source", SOURCES)
def test_an_entry_given_several_times_counts_once_without_a_fault(shop: Workshop, source: str) -> None:
    """Pages overlap, and AniList names an entry once per list it is in: what changed last counts."""
    newer = entry(source, 1, 9, at="2026-01-02T00:00:00Z")
    shop.answer(source, newer, entry(source, 1, 8), stream="lists", path="a", line=2, subject="ann")
    shop.answer(source, newer, stream="lists", path="a", line=3, subject="ann")
    assert staged(shop, source) == [("ann", "1", 9.0, "completed")]
    assert shop.rows("select count(*) from quality.quarantine") == [(0,)]


@pytest.mark.parametrize("source", SOURCES)
def test_what_is_no_entry_is_refused_with_its_place(shop: Workshop, source: str) -> None:
    """An unknown status, a score off the scale, a missing anime or something else altogether; the rest stays."""
    nameless = entry(source, 1, 8)
    nameless.pop({"anilist": "mediaId", "kitsu": "relationships", "myanimelist": "node"}[source])
    faulty: list[dict[str, Any] | str] = [
        entry(source, 2, 8, "reading"),
        entry(source, 3, 1000),
        entry(source, 4, "8"),
        nameless,
        "null",
    ]
    shop.answer(source, entry(source, 1, 8), *faulty, stream="lists", path="a", line=2, subject="ann")
    assert staged(shop, source) == [("ann", "1", 8.0, "completed")]
    places = shop.rows("select stage, payload_line, payload_item from quality.quarantine order by payload_item")
    assert places == [(f"stg_{source}__list_entries", 2, item) for item in range(2, 7)]


def test_the_entry_taken_later_counts_whether_recorded_or_crawled(shop: Workshop) -> None:
    """A recording and a crawl of one user stand side by side; of an anime that both have, the newer look counts."""
    shop.rate("anilist", ("ann", "1", "10"), ("ann", "3", "30"), day="2026-02-01")
    shop.answer("anilist", entry("anilist", 1, 90), stream="lists", path="a", subject="ann", day="2026-03-01")
    shop.rate("anilist", ("bob", "1", "20"), day="2026-04-01")
    shop.answer("anilist", entry("anilist", 1, 90), stream="lists", path="a", line=2, subject="bob", day="2026-03-01")
    assert [row[:3] for row in staged(shop, "anilist")] == [("ann", "1", 90.0), ("ann", "3", 30.0), ("bob", "1", 20.0)]
