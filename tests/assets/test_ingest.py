"""What a run of a raw asset asks its service for, beside a crawl that was interrupted."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import dagster as dg
import pytest

from adapters.base import Plan
from adapters.crawling import header_of
from adapters.services import SERVICES
from assets.crawling import Crawling, ServiceAccess
from assets.ingest import Intake, take_in
from assets.resources import RecordingsInput
from tests.adapters.loopback import Loopback, Seen, Step, says
from warehouse.connection import Warehouse
from warehouse.home import Home
from warehouse.responses import open_log

TITLE = {"mal_id": 5, "title": "Five", "aired": {"from": "2000-01-01T00:00:00+00:00"}}
COUNTED = {"count": 1, "total": 1, "per_page": 25}
PAGING = {"last_visible_page": 1, "has_next_page": False, "current_page": 1, "items": COUNTED}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty HOME."""
    return Home(tmp_path / "home")


@pytest.fixture
def jikan() -> Iterator[Loopback]:
    """A Jikan with one title on every page."""

    def answer(_: Seen) -> Step:
        return says({"data": [TITLE], "pagination": PAGING})

    with Loopback(answer) as server:
        yield server


def interrupt(home: Home, jikan: Loopback, plan: Plan) -> None:
    """Begin a crawl of Jikan's catalogue, and stop before its first request."""
    source = SERVICES["jikan"]
    with open_log(home, "jikan", "anime") as log:
        log.begin(header_of(source, source.streams["anime"], plan, jikan.url))


def backfill(home: Home, jikan: Loopback, first: int, last: int) -> Intake:
    """Read the titles of some years."""
    access = ServiceAccess(jikan.url, per_minute=60_000)
    crawling = Crawling({"jikan": access}, salt_file=home.salt, hurry=1000.0, ranges={"jikan": (first, last)})
    return take_in(dg.build_asset_context(), Warehouse(home), RecordingsInput(), crawling, "jikan", "anime")


def crawls(home: Home) -> list[tuple[str]]:
    """The kinds of the crawls that have come to their end, in order."""
    with Warehouse(home).writer("a look") as con:
        return con.execute("select kind from raw.crawl order by started_at").fetchall()


@pytest.mark.parametrize(
    "plan",
    [Plan("refresh", date(2026, 1, 1)), Plan("range", date(2026, 1, 1), years=(1990, 1991))],
    ids=lambda plan: plan.kind,
)
def test_a_backfill_is_done_beside_the_crawl_that_was_interrupted(home: Home, jikan: Loopback, plan: Plan) -> None:
    """The interrupted crawl comes to its end, and then the years are read that somebody has asked for."""
    interrupt(home, jikan, plan)
    intake = backfill(home, jikan, 2000, 2001)
    assert intake.crawled.ended is not None
    assert (intake.crawled.ended.plan.kind, intake.crawled.ended.plan.years) == ("range", (2000, 2001))
    assert crawls(home) == [(plan.kind,), ("range",)]


def test_an_interrupted_backfill_is_ended_once(home: Home, jikan: Loopback) -> None:
    """Where the interrupted crawl was of the same years, nothing is read twice."""
    interrupt(home, jikan, Plan("range", date(2026, 1, 1), years=(2000, 2001)))
    backfill(home, jikan, 2000, 2001)
    assert crawls(home) == [("range",)]
