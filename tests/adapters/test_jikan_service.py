"""Jikan and IMDb are read over HTTP from their stand-ins, faults included, into what they really have."""

import gzip
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from adapters import imdb
from adapters.base import Plan
from adapters.crawling import Ended, crawl
from adapters.http import Session
from adapters.jikan import SOURCE
from adapters.privacy import Hasher
from demo.services.make import make_services
from demo.services.overlay import Overlay
from demo.services.server import Services
from demo.world import World, make_world
from tests.adapters.loopback import FakeTime
from tests.adapters.sourcekit import MemoryLog, records_in

TODAY = date(2026, 3, 1)
HASHER = Hasher("jikan", b"salt")


@pytest.fixture(scope="module")
def world() -> World:
    """A small world."""
    return make_world(7, anime=260, users=60, ratings=1200)


@pytest.fixture
def overlay(world: World) -> Overlay:
    """What happens to its catalogues."""
    return Overlay(world)


@pytest.fixture
def services(world: World, overlay: Overlay) -> Iterator[Services]:
    """Its Jikan and IMDb, which fail one request in four."""
    with make_services(world, ["jikan", "imdb"], rate_scale=1e6, fault_share=0.25, overlay=overlay) as running:
        yield running


def read(services: Services, stream: str, plan: Plan, log: MemoryLog) -> Ended:
    """Crawl a stream into the log."""
    time = FakeTime()
    with Session(SOURCE, base_url=services.urls["jikan"], clock=time.clock, sleep=time.sleep) as session:
        return crawl(session, SOURCE.streams[stream], plan, log, hide=HASHER.subject)


def ids(log: MemoryLog, stream: str = "anime") -> list[int]:
    """The ids of the records in a log."""
    return [record["mal_id"] for record in records_in(SOURCE.streams[stream], log)]


def test_the_whole_catalogue_is_read(services: Services, overlay: Overlay) -> None:
    """Every title that MyAnimeList has confirmed, and no other, whatever fails."""
    log = MemoryLog()
    ended = read(services, "anime", Plan("full", TODAY), log)
    pending = services.service("jikan").pending  # type: ignore[attr-defined]  # it is a JikanService
    confirmed = {int(record["id"]) for record in overlay.records("myanimelist")} - pending
    assert set(ids(log)) == confirmed
    assert ended.end.notes["titles"] == len(confirmed)
    assert services.spoilt["jikan"] > 0
    assert ended.end.gone == ()


def test_a_title_that_has_gone_is_told(services: Services, overlay: Overlay) -> None:
    """It is known, not listed, and not there by its id either."""
    gone = str(overlay.records("myanimelist")[40]["id"])
    overlay.remove("myanimelist", gone)
    ended = read(services, "anime", Plan("full", TODAY, known=(gone,)), MemoryLog())
    assert ended.end.gone == (gone,)


def test_a_refresh_reads_a_part(services: Services, overlay: Overlay) -> None:
    """What is on air or announced, and the title that is due."""
    due = str(overlay.records("myanimelist")[3]["id"])
    log = MemoryLog()
    ended = read(services, "anime", Plan("refresh", TODAY, ids=(due,)), log)
    assert int(due) in ids(log)
    assert len(set(ids(log))) < len(overlay.records("myanimelist"))
    assert ended.end.notes["titles"] == len(set(ids(log)))


def test_years_are_read_from_their_beginning(services: Services, overlay: Overlay) -> None:
    """Every title that began in them, and of others only what stands on the last page."""
    log = MemoryLog()
    read(services, "anime", Plan("range", TODAY, years=(2010, 2012)), log)
    pending = services.service("jikan").pending  # type: ignore[attr-defined]  # it is a JikanService
    began = {int(one["id"]): str(one.get("start_date", ""))[:4] for one in overlay.records("myanimelist")}
    wanted = {one for one, year in began.items() if "2010" <= year <= "2012"} - pending
    assert wanted
    assert wanted <= set(ids(log))
    assert min(began[one] for one in ids(log)) >= "2010"


def test_reviews_are_read_to_their_end_and_then_to_the_watermark(services: Services) -> None:
    """Each review once; the next crawl moves no watermark where nothing is new."""
    log = MemoryLog()
    ended = read(services, "reviews", Plan("full", TODAY), log)
    found = ids(log, "reviews")
    assert found
    assert len(set(found)) == len(found)
    assert ended.end.watermark
    second = read(services, "reviews", Plan("refresh", TODAY, watermark=ended.end.watermark), MemoryLog())
    assert second.end.watermark == ended.end.watermark


@pytest.mark.parametrize("name", imdb.FILES)
def test_each_file_of_imdb_is_fetched_and_then_known(services: Services, name: str, tmp_path: Path) -> None:
    """Whole, with its rows counted; the second time there is nothing new."""
    time, target = FakeTime(), tmp_path / "file.tsv.gz"
    place = imdb.open_place(services.urls["imdb"], clock=time.clock, sleep=time.sleep)
    fetched = imdb.fetch(place, name, target)
    assert fetched is not None
    assert fetched.rows == len(gzip.decompress(target.read_bytes()).splitlines()) - 1
    assert imdb.fetch(place, name, target, known=fetched.known) is None
