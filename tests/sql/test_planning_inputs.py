"""What crawls are planned from, and what they are found to have brought: from the raw tables alone, and history."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adapters.base import User
from adapters.planning import plan_lists
from assets.plans import known_titles
from tests.sql.building import Workshop
from warehouse.build import fetch

OLD = {"status": "FINISHED", "startDate": {"year": 2001}, "endDate": {"year": 2001, "month": 6}}


def media(number: int, **changes: Any) -> dict[str, Any]:
    """An AniList record of an old, finished title."""
    return {"id": number, "title": {"romaji": f"Title {number}"}, **OLD, **changes}


def due(shop: Workshop, source: str, at: str) -> dict[str, bool]:
    """Which ids are due for a look at a time."""
    shop.con.execute(f"set variable planning_time = timestamptz '{at} 00:00:00Z'")
    return {row["source_id"]: row["is_due"] for row in known_titles(shop.con, source)}


@pytest.mark.parametrize(
    ("changes", "days"),
    [
        ({"status": "RELEASING"}, 7),
        ({"status": "NOT_YET_RELEASED"}, 7),
        ({"endDate": {"year": 2025, "month": 9}}, 30),
        ({"status": None}, 30),
        ({}, 90),
        ({"status": "CANCELLED"}, 90),
    ],
)
def test_titles_are_due_the_sooner_the_livelier_they_are(shop: Workshop, changes: dict[str, Any], days: int) -> None:
    """What airs is due after a week, what ended lately after a month, and everything after 90 days."""
    shop.answer("anilist", media(1, **changes), path="a", day="2026-01-01")
    shop.con.execute(f"set variable before = timestamptz '2026-01-01 00:00:00Z' + to_days({days - 1})")
    ((before, after),) = shop.rows("select getvariable('before')::date, getvariable('before')::date + 1")
    assert due(shop, "anilist", str(before)) == {"1": False}
    assert due(shop, "anilist", str(after)) == {"1": True}


def test_an_old_title_that_changed_is_looked_at_sooner_and_then_less_and_less(shop: Workshop) -> None:
    """30 days after a look that found a change, 60 after the next, then 90; figures are no change."""
    looks = [
        ("2026-01-01", media(1)),
        ("2026-02-01", media(1, episodes=12)),
        ("2026-03-01", media(1, episodes=12, popularity=7, updatedAt=5, averageScore=80)),
        ("2026-04-01", media(1, episodes=12)),
    ]
    waits = []
    for day, record in looks:
        shop.answer("anilist", record, path=day, day=day)
        (row,) = known_titles(shop.con, "anilist")
        waits.append((row["due_at"] - row["last_seen_at"]).days)
    assert waits == [90, 30, 60, 90]


def test_every_service_tells_the_same_of_its_titles(shop: Workshop) -> None:
    """Year and status are read from each service's own fields."""
    shop.answer("anilist", media(1), path="a")
    attributes = {"titles": {}, "startDate": "2001-04-01", "endDate": "2001-06-30", "status": "finished"}
    shop.answer("kitsu", {"data": {"id": "1", "type": "anime", "attributes": attributes}}, path="k")
    shop.answer("myanimelist", {"id": 1, "start_date": "2001-04", "status": "finished_airing"}, path="m")
    aired = {"prop": {"from": {"year": 2001, "month": 4, "day": None}}, "to": "2001-06-30T00:00:00+00:00"}
    shop.answer("jikan", {"mal_id": 1, "aired": aired, "status": "Finished Airing"}, path="j")
    for source in ("anilist", "kitsu", "myanimelist", "jikan"):
        (row,) = known_titles(shop.con, source)
        assert (row["source_id"], row["start_year"], row["status"]) == ("1", 2001, "FINISHED"), source


def test_what_kitsu_sends_along_counts_as_a_change(shop: Workshop) -> None:
    """A genre more is one; other addresses and times of the genres are none."""
    drama, action = ({"id": str(n), "type": "genres", "attributes": {"name": n}} for n in ("Drama", "Action"))
    touched = drama | {"links": {"self": "https://elsewhere"}, "attributes": {"name": "Drama", "updatedAt": "today"}}
    drama |= {"links": {"self": "https://here"}, "attributes": {"name": "Drama", "updatedAt": "yesterday"}}
    attributes = {"titles": {}, "startDate": "2001-04-01", "endDate": "2001-06-30", "status": "finished"}
    waits = []
    for month, included in enumerate(([drama], [touched], [touched, action]), start=1):
        document = {"data": {"id": "1", "type": "anime", "attributes": attributes}, "included": included}
        shop.answer("kitsu", document, path=f"k{month}", day=f"2026-0{month}-01")
        (row,) = known_titles(shop.con, "kitsu")
        waits.append((row["due_at"] - row["last_seen_at"]).days)
    assert waits == [90, 90, 30]


def test_ids_that_two_crawls_missed_are_known_no_more(shop: Workshop) -> None:
    """Once may be a hidden title; a record that came back counts again."""
    shop.answer("anilist", media(1), media(2), media(3), path="a", day="2026-01-01")
    shop.crawled("b", "anilist", day="2026-02-01", gone=["1", "2", "3"])
    shop.answer("anilist", media(3), path="c", day="2026-02-10")
    shop.crawled("d", "anilist", day="2026-03-01", gone=["1", "3"])
    assert set(due(shop, "anilist", "2026-03-02")) == {"2", "3"}


def test_ids_that_others_claim_are_asked_for_until_somebody_has_them(shop: Workshop) -> None:
    """An id that was asked for lately waits; those never asked come first."""
    mapping = {"type": "mappings", "attributes": {"externalSite": "myanimelist/anime", "externalId": "6"}}
    shop.answer("anilist", *[media(number, idMal=number) for number in (1, 2, 3, 4, 5)], media(9, idMal=None), path="a")
    shop.answer("kitsu", {"data": {"id": "1", "type": "anime"}, "included": [mapping]}, path="k")
    shop.answer("myanimelist", {"id": 1, "title": "One"}, path="m")
    shop.answer("jikan", {"mal_id": 2, "title": "Two"}, path="j")
    shop.crawled("n", "myanimelist", day="2026-01-01", ids=["3"])
    shop.crawled("o", "myanimelist", day="2026-03-01", ids=["4"])
    shop.con.execute("set variable planning_time = timestamptz '2026-03-10 00:00:00Z'")
    claimed = fetch(shop.con, "inputs/claimed_myanimelist_ids").to_pylist()
    assert [(row["source_id"], row["claimed_by"]) for row in claimed] == [
        ("5", ["anilist"]),
        ("6", ["kitsu"]),
        ("3", ["anilist"]),
    ]


def test_a_claim_that_was_withdrawn_is_asked_for_no_more(shop: Workshop) -> None:
    """The newest record counts, also where it names no id."""
    mapping = {"type": "mappings", "attributes": {"externalSite": "myanimelist/anime", "externalId": "6"}}
    shop.answer("anilist", media(1, idMal=5), media(2, idMal=7), path="a", day="2026-01-01")
    shop.answer("kitsu", {"data": {"id": "1", "type": "anime"}, "included": [mapping]}, path="k", day="2026-01-01")
    shop.answer("anilist", media(1, idMal=None), path="b", day="2026-02-01")
    shop.answer("kitsu", {"data": {"id": "1", "type": "anime"}, "included": []}, path="l", day="2026-02-01")
    claimed = fetch(shop.con, "inputs/claimed_myanimelist_ids").to_pylist()
    assert [(row["source_id"], row["claimed_by"]) for row in claimed] == [("7", ["anilist"])]


def test_crawls_and_reads_of_lists_are_told_by_stream_and_subject(shop: Workshop) -> None:
    """The history has the newest crawl first; a list was read when its owner was last answered about."""
    shop.crawled("a", "anilist", day="2026-01-01")
    shop.crawled("b", "anilist", "lists", day="2026-02-01", reads={"ann": 1})
    shop.crawled("c", "anilist", "lists", day="2026-03-01", reads={"ann": 1})
    history = fetch(shop.con, "inputs/crawl_history").to_pylist()
    assert [(row["source"], row["stream"]) for row in history] == [
        ("anilist", "lists"),
        ("anilist", "lists"),
        ("anilist", "anime"),
    ]
    (read,) = fetch(shop.con, "inputs/list_reads").to_pylist()
    assert (read["source"], read["subject"], f"{read['read_at']:%Y-%m-%d}") == ("anilist", "ann", "2026-03-01")


def test_an_empty_or_private_list_is_not_asked_for_again_within_the_day(shop: Workshop) -> None:
    """That there are no entries is an answer: the list is due a day later, as any other."""
    shop.crawled("a", "anilist", "lists", day="2026-03-01", reads={"ann": 0})
    read_at = {row["subject"]: row["read_at"] for row in fetch(shop.con, "inputs/list_reads").to_pylist()}
    users = [User("Ann", "ann"), User("Bob", "bob")]
    for hours, due in ((1, ["bob"]), (24, ["ann", "bob"])):
        plan = plan_lists(datetime(2026, 3, 1, tzinfo=UTC) + timedelta(hours=hours), users, read_at)
        assert plan is not None
        assert [user.subject for user in plan.users] == due


def test_the_newest_crawl_is_compared_with_what_was_known_before(shop: Workshop) -> None:
    """New, changed and as it was, by what is kept of a record; update times and figures change nothing."""
    shop.answer("anilist", media(1), media(2), media(3), path="a", day="2026-01-01")
    shop.crawled("a", "anilist", day="2026-01-01")
    shop.answer("anilist", media(1, popularity=9, updatedAt=8), media(2, episodes=3), media(4), path="b")
    shop.crawled("b", "anilist", gone=["3"])
    shop.stage()
    (row,) = fetch(shop.con, "inputs/crawl_changes").to_pylist()
    counts = ("records", "new", "changed", "unchanged", "gone")
    assert {name: row[name] for name in counts} == dict(zip(counts, (3, 1, 1, 1, 1), strict=True))


def test_what_only_the_details_of_a_title_state_is_no_change(shop: Workshop) -> None:
    """MyAnimeList's lists leave relations out: neither the next look nor what a crawl has brought hangs on them."""
    related = [{"node": {"id": 2}, "relation_type": "sequel"}]
    record = {"id": 1, "title": "One", "status": "finished_airing", "end_date": "2001-03-01"}
    for day in ("2026-01-01", "2026-02-01", "2026-03-01"):
        known = record | ({"related_anime": related} if day == "2026-02-01" else {})
        shop.answer("myanimelist", known, path=day, day=day)
    shop.crawled("2026-03-01", "myanimelist", day="2026-03-01")
    (known,) = known_titles(shop.con, "myanimelist")
    assert (known["due_at"] - known["last_seen_at"]).days == 90
    shop.stage()
    (row,) = fetch(shop.con, "inputs/crawl_changes").to_pylist()
    assert (row["changed"], row["unchanged"]) == (0, 1)


def test_a_record_is_gone_when_crawls_say_so_and_nobody_gives_it_again(shop: Workshop) -> None:
    """A report counts until the record comes back; Jikan's only where MyAnimeList itself has told nothing."""
    shop.answer("anilist", media(1), media(2), media(3), path="a", day="2026-01-01")
    shop.answer("myanimelist", {"id": 7, "title": "Seven"}, path="m", day="2026-01-01")
    shop.answer("jikan", {"mal_id": 8, "title": "Eight"}, path="j", day="2026-01-01")
    shop.crawled("b", "anilist", day="2026-02-01", gone=["1", "2"])
    shop.crawled("c", "jikan", day="2026-02-01", gone=["7", "8"])
    shop.answer("anilist", media(2), path="d", day="2026-02-10")
    shop.crawled("e", "anilist", day="2026-03-01", gone=["1"])
    for service in ("anilist", "kitsu", "myanimelist", "jikan"):
        shop.stage_anime(service)
    shop.build("core/fact_source_tombstone")
    assert shop.rows(
        "select source, source_id, first_missed_at::date::varchar, reports, confirmed from fact_source_tombstone"
    ) == [("anilist", "1", "2026-02-01", 2, True), ("myanimelist", "8", "2026-02-01", 1, False)]
