"""A crawl that is killed again and again comes to its end, and loses no count of what it has doubted."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adapters.base import Crawl, CrawlEnd, Json, Manners, Plan, Reply, Request, Source, Stream
from adapters.crawling import Line, crawl
from adapters.errors import Outage, Unavailable
from adapters.http import Session
from adapters.pace import Pace
from adapters.replaying import Replay, remind
from tests.adapters.loopback import FakeTime, Loopback, Seen, Step, says
from tests.adapters.sourcekit import TODAY, MemoryLog, hidden

PLAN = Plan("full", TODAY)


class Mortal(MemoryLog):
    """A log whose process dies as soon as it has kept a reply."""

    def append(self, line: Line) -> None:
        """Keep it, and die."""
        super().append(line)
        raise KeyboardInterrupt


def read(reply: Reply, request: Request) -> Json:
    """The number that a page holds."""
    if reply.status != 200:
        raise Unavailable(f"status {reply.status}")
    return int(reply.body)


def three_pages(plan: Plan) -> Crawl:
    """Pages 1 to 3, none of which should hold 0; told of what fails three times, which counts as gone."""
    missing: list[str] = []
    for number in (1, 2, 3):
        answer = yield Request(
            str(number), f"/{number}", told_after=3, doubt=lambda document: None if document else "it is nothing"
        )
        missing += [] if answer.document is not None else [answer.request.key]
    return CrawlEnd(gone=tuple(missing))


STREAM = Stream("anime", three_pages, lambda document: [{"id": document}], lambda plan, known, by_year: 3)
SOURCE = Source("kitsu", "https://a.invalid", {"anime": STREAM}, Manners(per_minute=600, attempts=5), read)


def lives(log: MemoryLog, answer: Any) -> int:
    """How many processes a crawl takes to its end; one at least, thirty at most."""
    for number in range(1, 31):
        time = FakeTime()
        with Loopback(answer) as server:
            session = Session(SOURCE, base_url=server.url, clock=time.clock, sleep=time.sleep)
            try:
                with session:
                    crawl(session, STREAM, PLAN, log, hide=hidden)
            except KeyboardInterrupt:
                continue
            return number
    raise AssertionError("it never ends")


def test_a_doubt_is_confirmed_over_many_lives() -> None:
    """The page that is always odd is asked for four times in all, though each process sees it once."""
    log = Mortal()
    assert lives(log, lambda seen: says(0 if seen.path == "/2" else 7)) == 7
    assert [(line["key"], line["accepted"]) for line in log.lines] == [
        ("1", True),
        *[("2", False)] * 3,
        ("2", True),
        ("3", True),
    ]


def test_failures_are_told_over_many_lives() -> None:
    """Told at the third failure, though each process sees one; the crawl decides the same when it is told again."""
    log = Mortal()
    assert lives(log, lambda seen: Step(500) if seen.path == "/2" else says(7)) == 6
    assert log.sealed is not None
    assert log.sealed["gone"] == ["2"]
    assert [line["accepted"] for line in log.lines] == [True, False, False, True, True]
    again = MemoryLog(log.header, log.lines)
    assert lives(again, lambda seen: Step(500)) == 1
    assert again.sealed is not None
    assert again.sealed["gone"] == ["2"]


def test_an_outage_does_not_shorten_the_patience_of_the_next_run() -> None:
    """What is not told to the crawl is tried as often as ever."""
    asked: list[Seen] = []

    def down(seen: Seen) -> Step:
        asked.append(seen)
        return Step(503)

    def one_page(plan: Plan) -> Crawl:
        yield Request("1", "/1")
        return CrawlEnd()

    log = MemoryLog()
    for times in (5, 10):
        time = FakeTime()
        with Loopback(down) as server:
            session = Session(SOURCE, base_url=server.url, clock=time.clock, sleep=time.sleep)
            with session, pytest.raises(Outage):
                crawl(session, replace(STREAM, crawl=one_page), PLAN, log, hide=hidden)
        assert len(asked) == times


@pytest.mark.parametrize(
    ("stated", "hours_ago", "seconds"),
    [
        ("7200", 1, 3_600.0),
        ("99999999999", 1, 82_800.0),
        ("99999999999", 25, 0.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 25, 0.0),
        ("7200", -1, 7_200.0),
    ],
)
def test_a_rest_that_was_asked_for_is_remembered_for_a_day(stated: str, hours_ago: float, seconds: float) -> None:
    """Longer ones would keep an interrupted crawl from its end for ever; a clock that was set back adds nothing."""
    time = FakeTime()
    pace = Pace(60, clock=time.clock, sleep=time.sleep)
    moment = datetime.now(UTC) - timedelta(hours=hours_ago)
    remind(pace, {"fetched_at": moment.isoformat(), "status": 503, "headers": {"retry-after": stated}})
    assert pace.rest_s() == pytest.approx(seconds, abs=5)


def test_what_was_refused_before_an_answer_is_forgotten() -> None:
    """An answer that is asked for once more is doubted anew; lookups and other users have counts of their own."""

    def line(key: str, note: str, subject: str | None = None, *, accepted: bool = False, lookup: bool = False) -> Line:
        moment = "2024-05-17T12:00:00+00:00"
        told = {"key": key, "subject": subject, "note": note, "accepted": accepted, "lookup": lookup}
        return told | {"fetched_at": moment, "status": 200, "headers": {}, "body": ""}

    lines = [
        line("1", "odd"),
        line("1", "", accepted=True),
        line("1", "odd again"),
        line("2?", "cut off", lookup=True),
        line("2", "odd", "somebody"),
        line("2", "odd", "somebody else"),
    ]
    replay = Replay(MemoryLog({}, lines), Pace(60))
    assert replay.refused == 5
    assert replay.refusals(Request("1")) == ["odd again"]
    assert replay.refusals(Request("2", subject="somebody")) == ["odd"]
    assert list(replay.refusals(Request("2"))) == list(replay.refusals(Request("3"))) == []
