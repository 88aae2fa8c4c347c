"""Ids are asked for by name in blocks of the right size, and only as far as there can be any."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters import anilist_anime
from adapters.anilist import SOURCE
from adapters.anilist_cells import Blocks
from adapters.anilist_pages import asked_ids
from adapters.base import Plan, Request
from adapters.crawling import crawl
from adapters.errors import Outage
from adapters.http import Session
from tests.adapters.loopback import FakeTime, Loopback, Seen, Step, says
from tests.adapters.sourcekit import MemoryLog, hidden, records_in, swift
from tests.adapters.tiny_anilist import Row, TinyAniList, Unacceptable, anime, read

TODAY = date(2026, 11, 25)
ANIME = SOURCE.streams["anime"]
FULL = Plan("full", TODAY)
#: Titles of all years with ids up to 30,000, and one in ten without a date.
ROWS = [anime(number, 20_050_000 if number % 10 else None) for number in range(1, 30_001, 53)]


def test_the_first_blocks_are_what_is_known_to_be_taken() -> None:
    """200 ids, with the one that shows that the answer is to this question; then twice as many each time."""
    blocks = Blocks("", range(1000, 9000), [3, 5, 7, 9])
    sizes = []
    for cell in blocks:
        sizes.append(len(asked_ids(cell)))
        blocks.grow()
    assert sizes[:5] == [200, 399, 797, 1593, 3185]


@settings(max_examples=30)
@given(
    ids=st.sets(st.integers(1, 20_000), max_size=3000),
    limits=st.lists(st.sampled_from([50, 120, 199, 1000, 10_000]), min_size=1, max_size=20),
)
def test_every_id_is_taken_once_whatever_is_refused(ids: set[int], limits: list[int]) -> None:
    """Also where the service takes more or less from request to request; no two blocks are called the same."""
    blocks, taken, names = Blocks("", iter(sorted(ids)), [1]), list[int](), list[str]()
    for place, cell in enumerate(blocks):
        names.append(cell.name)
        if len(cell.ids) > limits[place % len(limits)]:
            blocks.refuse([cell])
        else:
            blocks.grow()
            taken += cell.ids
    assert taken == sorted(ids)
    assert len(set(names)) == len(names)


def test_blocks_of_ids_grow_until_they_are_refused() -> None:
    """A block that is too big is made smaller, and bigger ones are tried again only after a while."""
    reading = read(ANIME, FULL, TinyAniList(ROWS, most_ids=1000))
    assert reading.ids == {row["id"] for row in ROWS}
    assert sum(answer.document is None for answer in reading.answers) == 1
    assert len(set(reading.keys)) == len(reading.keys)


@dataclass
class Crawled:
    """What a crawl over HTTP came to.

    Attributes:
        ids: of the titles.
        sent: keys of the requests, repeated ones included.
        problem: why it ended early; None where it did not.
        log: what it kept.
    """

    log: MemoryLog = field(default_factory=MemoryLog)
    ids: set[int] = field(default_factory=set)
    sent: int = 0
    problem: Exception | None = None


def crawled(fault: Callable[[Sequence[int], int], Step | None], log: MemoryLog | None = None) -> Crawled:
    """Crawl the catalogue; `fault` is told the ids of a request for blocks and which of these it is, from 1."""
    service, by_id, found = TinyAniList(ROWS), list[int](), Crawled(log or MemoryLog())

    def answer(seen: Seen) -> Step:
        found.sent += 1
        body = json.loads(seen.body)
        asked = [one for ids in body["variables"].values() for one in ids]
        if asked:
            by_id.append(len(asked))
        return (fault(asked, len(by_id)) if asked else None) or says(service(Request("", body=body)))

    time = FakeTime()
    with Loopback(answer) as server:
        session = Session(swift(SOURCE), base_url=server.url, clock=time.clock, sleep=time.sleep)
        try:
            with session:
                crawl(session, ANIME, FULL, found.log, hide=hidden)
        except Outage as problem:
            found.problem = problem
    found.ids = {record["id"] for record in records_in(ANIME, found.log)}
    return found


@cache
def undisturbed() -> Crawled:
    """The crawl without any fault."""
    return crawled(lambda ids, number: None)


@pytest.mark.parametrize(
    ("fault", "which"), [(Step(500), 1), (Step(500), 3), (Step(504), 2), (Step(200, b"{"), 3), (Step(fault="reset"), 3)]
)
def test_a_passing_fault_costs_a_block_one_more_request(fault: Step, which: int) -> None:
    """It is asked for again as it is, and blocks go on growing."""
    usual = undisturbed()
    spoiled = crawled(lambda ids, number: fault if number == which else None)
    assert spoiled.ids == usual.ids == {row["id"] for row in ROWS}
    assert spoiled.sent == usual.sent + 1


@pytest.mark.parametrize("fault", [Step(500), Step(fault="reset")])
def test_blocks_that_always_fail_are_made_smaller(fault: Step) -> None:
    """Those with more than 3,000 ids are given up after four failures; the log alone leads to the same end."""
    spoiled = crawled(lambda ids, number: fault if len(ids) > 3000 else None)
    assert spoiled.problem is None
    assert spoiled.ids == {row["id"] for row in ROWS}
    told = [line for line in spoiled.log.lines if line["accepted"] and line["note"]]
    assert [line["note"].startswith("given up after failures: ") for line in told] == [True]
    again = MemoryLog(spoiled.log.header, spoiled.log.lines)
    assert crawled(lambda ids, number: Step(500), again).sent == 0
    assert again.sealed is not None
    assert spoiled.log.sealed is not None
    assert again.sealed["gone"] == spoiled.log.sealed["gone"]


def test_an_outage_is_no_reason_to_ask_for_ever_smaller_blocks() -> None:
    """After a big block a small one is tried as often as usual, and then it is an outage; nothing is gone for that."""
    before = crawled(lambda ids, number: Step(503) if number > 3 else None)
    assert isinstance(before.problem, Outage)
    small = crawled(lambda ids, number: Step(503))
    assert before.sent - small.sent == 3 + 4
    assert crawled(lambda ids, number: None, before.log).ids == {row["id"] for row in ROWS}


def telling(highest: int, rows: list[Row]) -> Callable[[Request], Any]:
    """A service that says a wrong highest id where it is asked for that alone."""
    service = TinyAniList(rows)

    def answer(request: Request) -> Any:
        data = service(request)["data"]
        return {"data": data | ({"highest": {"media": [{"id": highest}]}} if "highest" in data else {})}

    return answer


@pytest.mark.parametrize("highest", [1, 40_000, 10_000_000, 2**31 - 1])
@pytest.mark.parametrize("plan", [FULL, Plan("range", TODAY, years=(0, 0), known=("1", "54"))], ids=["full", "undated"])
def test_a_wrong_highest_id_costs_a_request_or_two(highest: int, plan: Plan) -> None:
    """The newest titles are listed until one comes that was seen; everything comes as it does otherwise."""
    usual = read(ANIME, plan, TinyAniList(ROWS))
    misled = read(ANIME, plan, telling(highest, ROWS))
    assert misled.ids >= {row["id"] for row in ROWS if row["startDate"]["year"] is None}
    assert misled.end is not None
    assert usual.end is not None
    assert misled.end.gone == usual.end.gone
    assert misled.sent <= usual.sent + 2


def test_titles_far_above_all_others_are_listed() -> None:
    """Those without a date and not announced either, with ids that nothing leads to."""
    far = [anime(number) for number in range(2_000_000_000, 2_000_000_170)]
    reading = read(ANIME, FULL, TinyAniList([*ROWS[:50], *far]))
    assert reading.ids == {row["id"] for row in [*ROWS[:50], *far]}
    assert len(reading.answers) < 20
    assert reading.end is not None
    assert "ids_not_looked_for" not in reading.end.notes


@pytest.fixture
def sweeping_10_000(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer ids are swept than usual."""
    monkeypatch.setattr(anilist_anime, "_MOST_SWEPT", 10_000)


@pytest.mark.usefixtures("sweeping_10_000")
def test_ids_that_are_not_looked_for_are_noted() -> None:
    """A dated title far above the others does not make a crawl look for all numbers below; named ids are asked for."""
    rows = [anime(5, 20_050_000), anime(9000), anime(20_000), anime(30_000), anime(2_000_000_000, 20_060_000)]
    reading = read(ANIME, Plan("full", TODAY, known=("20000", "25000")), TinyAniList(rows))
    assert reading.ids == {5, 9000, 20_000, 2_000_000_000}
    assert reading.end is not None
    assert reading.end.gone == ("25000",)
    assert reading.end.notes["ids_not_looked_for"] == "those above 10,000 that no list shows"


def test_where_the_newest_cannot_be_listed_ids_are_swept() -> None:
    """No highest id, and a first page of the newest that is always null: looked for are ids up to the highest seen."""
    service = telling(0, [anime(5, 20_050_000), *(anime(number) for number in range(6_000, 6_300))])

    def broken(request: Request) -> Any:
        document = service(request)
        return {"data": document["data"] | {"p0": None}} if request.key.startswith("latest") else document

    assert set(range(6_000, 6_250)) <= read(ANIME, FULL, broken).ids


def test_a_small_block_that_is_refused_ends_the_crawl() -> None:
    """Fifty ids are not too many: then something else is wrong."""
    with pytest.raises(Unacceptable):
        read(ANIME, FULL, TinyAniList(ROWS, most_ids=40))
