"""Landing in partitions: a part at a time gives what the whole gives, and a part read again replaces itself alone."""

import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import dagster as dg
import pytest

from adapters.base import Plan
from assets.crawling import Planned, ServiceAccess, read_service
from assets.plans import plan_parts
from demo.world import World, make_world
from orchestration.demoworld import DEMO_TODAY
from tests.assets.landing_world import Lander, lander
from tests.warehouse.conftest import killed_before
from warehouse.connection import Warehouse
from warehouse.home import Home
from warehouse.lock import describe
from warehouse.partitions import landed_partitions
from warehouse.responses import open_log
from warehouse.servicelock import queue_directory, service_turn

FIRST, SECOND, THIRD = "00000-00999", "01000-01999", "02000-02999"


@pytest.fixture(scope="module")
def world() -> World:
    """A world of 60 anime."""
    return make_world(7, anime=60, users=40, ratings=190)


@pytest.fixture
def here(world: World, tmp_path: Path) -> Iterator[Lander]:
    """A HOME that has read nothing."""
    with lander(world, tmp_path) as one:
        yield one


@pytest.mark.parametrize("source", ["anilist", "kitsu"])
def test_all_partitions_together_are_a_full_crawl(here: Lander, source: str, world: World, tmp_path: Path) -> None:
    """The staging table is the same, row by row; and the next crawl has to read only what changes from now on."""
    assert here.land_all(source).success
    assert here.crawl(source).success
    assert here.rows("select kind from raw.crawl where partition is null") == [("refresh",)]
    with lander(world, tmp_path / "other") as other:
        assert other.crawl(source).success
        assert here.staged(source) == other.staged(source)
    assert len(here.staged(source)) > 20


def test_a_partition_read_again_replaces_itself_alone(here: Lander) -> None:
    """What changed has its new values once, what moved exists once, what went is gone; the rest is as it was."""
    years = Counter(
        str(one["startDate"]["year"]) for one in here.overlay.records("anilist") if one["startDate"]["year"]
    )
    year, other = (name for name, _ in years.most_common(2))
    records = [str(one["id"]) for one in here.overlay.records("anilist") if str(one["startDate"]["year"]) == year]
    changed, moved, removed = records[:3]
    assert here.land("anilist", year).success
    assert here.land("anilist", other).success
    assert here.load("anilist").success
    before = {row[1]: row for row in here.staged("anilist")}
    here.overlay.edit("anilist", changed, {"episodes": 777})
    here.overlay.edit("anilist", moved, {"startDate": {"year": int(other), "month": 2, "day": 3}})
    here.overlay.remove("anilist", removed)
    assert here.land("anilist", year).success
    assert here.load("anilist").success
    after = {row[1]: row for row in here.staged("anilist")}
    assert after.keys() == before.keys()
    assert {name for name in after if after[name] != before[name]} == {changed, moved}
    told = here.rows("select source_id, episodes, started from staging.stg_anilist__anime")
    assert [row[1] for row in told if row[0] == changed] == [777]
    assert [row[2] for row in told if row[0] == moved] == [f"{other}-02-03"]
    assert here.rows("select partition, gone from raw.crawl where len(gone) > 0") == [(year, [removed])]
    # Raw keeps every telling.
    kept = (
        f"select distinct payload ->> '$.episodes' from raw.raw_anilist__anime where payload ->> '$.id' = '{changed}'"
    )
    assert len(here.rows(kept)) == 2


def test_a_landed_file_names_its_partition(here: Lander) -> None:
    """In its manifest, in its first line, and in raw.crawl."""
    assert here.land("anilist", "1999").success
    assert here.load("anilist").success
    assert here.origins("anilist")[0].endswith(", partition 1999")
    assert here.crawls("anilist")[0][0]["plan"]["partition"] == "1999"
    assert here.rows("select kind, partition from raw.crawl") == [("range", "1999")]
    assert set(landed_partitions(Home(here.home), "anilist", "anime")) == {"1999"}


def test_a_killed_partition_goes_on_where_it_was_and_disturbs_no_other(here: Lander) -> None:
    """After SIGKILL in the middle of one, another one is landed; then the first asks only for what it lacks."""
    interrupt(here, FIRST, DEMO_TODAY)
    (left,) = here.home.glob("landing/kitsu/anime/.*.open")
    assert here.land("kitsu", SECOND).success
    assert left.exists()
    assert here.landed("kitsu") == {SECOND}
    assert here.land("kitsu", FIRST).success
    assert not left.exists()
    keys = [line["key"] for crawl in here.crawls("kitsu") for line in crawl if line["kind"] == "response"]
    assert len(keys) == here.services.requests["kitsu"] > 2
    assert len(set(keys)) == len(keys)


def test_what_was_interrupted_on_an_earlier_day_is_ended_and_read_again(here: Lander) -> None:
    """A partition that is landed today is what its service tells today."""
    interrupt(here, FIRST, DEMO_TODAY - timedelta(days=1))
    assert here.land("kitsu", FIRST).success
    days = [crawl[0]["plan"]["today"] for crawl in here.crawls("kitsu")]
    assert sorted(days) == [str(DEMO_TODAY - timedelta(days=1)), str(DEMO_TODAY)]


def test_what_failed_is_landed_alone_later(here: Lander) -> None:
    """Of a run of three partitions the first stays landed, the second fails by name, the third was not tried."""
    with open_log(Home(here.home), "kitsu", "anime", SECOND):
        run = here.land("kitsu", FIRST, THIRD)
    assert not run.success
    assert here.landed("kitsu") == {FIRST}
    said = message(run)
    assert "2 of 3 partitions were not landed" in said
    assert f"another run is crawling kitsu anime@{SECOND}" in said
    assert f"Not tried after that: {THIRD}" in said
    asked = here.services.requests["kitsu"]
    assert here.land("kitsu", SECOND, THIRD).success
    assert here.landed("kitsu") == {FIRST, SECOND, THIRD}
    assert here.services.requests["kitsu"] == asked + 2


def test_a_service_that_is_out_fails_its_partition_alone(here: Lander) -> None:
    """With the address in the message; the next run of it is as if nothing had been."""
    dead = {"kitsu": ServiceAccess("http://127.0.0.1:9/api/edge", 60_000)}
    run = here.land("kitsu", FIRST, services=dead)
    assert not run.success
    assert "http://127.0.0.1:9" in message(run)
    assert here.landed("kitsu") == set()
    assert here.land("kitsu", FIRST).success


def test_an_input_without_services_is_refused_in_one_message(here: Lander) -> None:
    """It says which input could be asked."""
    run = here.land("anilist", "1999", services={})
    assert not run.success
    assert "OSUSUME_INPUT=live" in message(run)


def test_two_processes_take_turns_at_a_service(here: Lander) -> None:
    """Both wait visibly while a third asks, and hold no warehouse; then each lands its partition, one by one."""
    home = Home(here.home)
    assert here.land("kitsu", THIRD).success
    with service_turn(home, "kitsu", "a crawl of hours", 60):
        children = [forked(lambda key=key: here.land("kitsu", key)) for key in (FIRST, SECOND)]  # type: ignore[misc]
        waiting = waiting_at(home, "kitsu", 2)
        with Warehouse(home, lock_timeout_s=30).writer("something else"):
            assert all("waits since" in one for one in waiting)
        # Another service is free meanwhile.
        assert here.land("anilist", "1999").success
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0, 0]
    assert set(landed_partitions(home, "kitsu", "anime")) == {FIRST, SECOND, THIRD}
    spans = sorted(span(crawl) for crawl in here.crawls("kitsu"))
    assert all(one[1] <= following[0] for one, following in pairwise(spans))


def test_waiting_too_long_explains_itself(here: Lander) -> None:
    """Who asks, for how long it waited, and which setting allows more."""
    with held(Home(here.home), "kitsu"):
        run = here.land("kitsu", FIRST, queue_timeout_s=0.3)
    assert not run.success
    assert "'a crawl of hours'" in message(run)
    assert "OSUSUME_QUEUE_TIMEOUT" in message(run)


def test_a_landed_partition_is_no_full_crawl(here: Lander) -> None:
    """Where one crawl is enough for ever, a part of it is not."""
    assert here.land("kitsu", SECOND).success
    assert here.crawl("kitsu").success
    assert here.rows("select kind, partition from raw.crawl order by all") == [("full", None), ("range", SECOND)]


def test_nothing_known_makes_the_rest_cost_a_full_crawl() -> None:
    """AniList's undated titles are found by what the others did not show; a year costs a few requests."""
    planned = plan_parts(None, "anilist", ["1999", "undated"], DEMO_TODAY)
    assert planned["1999"].forecast == 3
    assert planned["undated"].forecast > 90


def interrupt(here: Lander, key: str, day: date) -> None:
    """Begin to crawl a block of Kitsu's, and be killed by SIGKILL when the second response is in its log."""
    home = Home(here.home)
    here.home.mkdir()
    planned = Planned(Plan("range", day, partition=key))
    # The file is opened for the requests of others, and then for each response after it was logged.
    assert killed_before(
        3,
        lambda: read_service(home, here.crawling(), "kitsu", "anime", planned, lambda said: None),
        queue_directory(home, "kitsu") / "recent.jsonl",
    )


def message(run: dg.ExecuteInProcessResult) -> str:
    """Why the step of a run failed."""
    (failure,) = [event for event in run.all_events if event.is_step_failure]
    return str(failure.step_failure_data.user_failure_data.description)


def span(crawl: list[dict[str, object]]) -> tuple[datetime, datetime]:
    """When the first and the last answer of a crawl came."""
    times = [datetime.fromisoformat(str(line["fetched_at"])) for line in crawl if line["kind"] == "response"]
    return min(times), max(times)


def forked(work: Callable[[], dg.ExecuteInProcessResult]) -> int:
    """A process that makes a run, and says by its status whether that succeeded."""
    child = os.fork()
    if child == 0:
        try:
            os._exit(0 if work().success else 1)
        except BaseException:  # noqa: BLE001 - a forked child must not run on into pytest
            os._exit(2)
    return child


def waiting_at(home: Home, source: str, many: int) -> list[str]:
    """Who waits for a service, as soon as so many do."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        tickets = [describe(ticket) for ticket in sorted(queue_directory(home, source).glob("*.ticket"))]
        waiting = [one for one in tickets if "waits since" in one]
        if len(waiting) == many:
            return waiting
        time.sleep(0.05)
    raise AssertionError


@contextmanager
def held(home: Home, source: str) -> Iterator[None]:
    """A service that another thread is asking."""
    has_begun, is_over = threading.Event(), threading.Event()

    def hold() -> None:
        with service_turn(home, source, "a crawl of hours", 60):
            has_begun.set()
            is_over.wait()

    thread = threading.Thread(target=hold)
    thread.start()
    has_begun.wait()
    try:
        yield
    finally:
        is_over.set()
        thread.join()
