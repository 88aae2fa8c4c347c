"""AniList's stand-in is read over loopback, with limits and faults, and everything it has comes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from adapters.anilist import SOURCE
from adapters.base import Manners, Plan, User
from adapters.crawling import crawl
from adapters.http import Session
from demo.services.make import make_services
from demo.services.overlay import Overlay
from demo.services.server import Services
from demo.services.users import users_of
from demo.world import World, make_world
from tests.adapters.sourcekit import MemoryLog, hidden, records_in

SWIFT = replace(
    SOURCE,
    manners=Manners(
        per_minute=6e5,
        limit_header="x-ratelimit-limit",
        attempts=12,
        first_wait_s=0.001,
        most_wait_s=0.01,
        throttled_wait_s=0.01,
        timeout_s=5.0,
    ),
)
TODAY = date(2026, 11, 25)


@pytest.fixture(scope="module")
def world() -> World:
    """A world that takes a fraction of a second."""
    return make_world(7, anime=600, users=300, ratings=12_000)


@pytest.fixture
def overlay(world: World) -> Overlay:
    """What has happened to the world's catalogues: nothing yet."""
    return Overlay(world)


@pytest.fixture(params=[0.0, 0.2], ids=["without faults", "with faults"])
def services(request: pytest.FixtureRequest, world: World, overlay: Overlay) -> Iterator[Services]:
    """AniList's stand-in, with far higher limits than the real one has."""
    with make_services(
        world, ["anilist"], rate_scale=20_000, fault_share=request.param, overlay=overlay, list_users=60
    ) as running:
        yield running


def crawled(services: Services, stream: str, plan: Plan) -> tuple[list[Any], dict[str, Any], MemoryLog]:
    """The records of a crawl as a table would get them, its last line, and its log."""
    log, wanted = MemoryLog(), SWIFT.streams[stream]

    def no_wait(seconds: float) -> None:
        assert seconds < 60

    with Session(SWIFT, base_url=services.urls["anilist"], sleep=no_wait) as session:
        crawl(session, wanted, plan, log, hide=hidden)
    assert log.sealed is not None
    return records_in(wanted, log), dict(log.sealed), log


def test_the_whole_catalogue_comes_as_it_is(services: Services, overlay: Overlay) -> None:
    """Every title with every field as the service has it; of ids that it never had it is said that they are gone."""
    there = {record["id"]: record for record in overlay.records("anilist")}
    known = (*map(str, there), "199999")
    records, end, _ = crawled(services, "anime", Plan("full", TODAY, known=known))
    assert {record["id"] for record in records} == there.keys()
    assert end["gone"] == ["199999"]
    asked = set(records[0]) & {"id", "title", "startDate", "updatedAt", "studios", "tags", "stats"}
    assert len(asked) == 7
    for record in records:
        assert all(record[name] == there[record["id"]][name] for name in ("title", "startDate", "updatedAt"))
    assert end["watermark"] == str(max(record["updatedAt"] for record in there.values()))


def test_a_refresh_sees_changes_and_deletions(services: Services, overlay: Overlay) -> None:
    """After a full crawl: what was edited comes again, and an id that was removed is gone when it is asked for."""
    _, end, _ = crawled(services, "anime", Plan("full", TODAY))
    first, second, third = (record["id"] for record in overlay.records("anilist")[:3])
    overlay.edit("anilist", str(first), {"episodes": 77})
    overlay.remove("anilist", str(second))
    plan = Plan("refresh", TODAY, watermark=end["watermark"], ids=(str(second), str(third)))
    records, end, _ = crawled(services, "anime", plan)
    assert [record["episodes"] for record in records if record["id"] == first][:1] == [77]
    assert third in {record["id"] for record in records}
    assert end["gone"] == [str(second)]


def test_lists_come_whole_and_without_names(services: Services, world: World) -> None:
    """Every shown entry of every user who is not private, once; nothing that is kept names a user."""
    everybody = users_of(world, "anilist")
    names = list(services.users["anilist"])
    plan = Plan("users", TODAY, users=tuple(User(name, f"subject{place}") for place, name in enumerate(names)))
    _, end, log = crawled(services, "lists", plan)
    private = [name for name in names if everybody[name].is_private]
    assert private
    assert end["notes"]["users_without_a_list"] == end["notes"]["missing"] == len(private)
    entries = [entry["id"] for entry in records_in(SWIFT.streams["lists"], log)]
    assert len(entries) == len(set(entries)) == end["notes"]["entries"] > 0
    kept = json.dumps([line for line in log.lines if line["status"] is not None])
    assert not [name for name in names if f'"{name}"' in kept]


def test_reviews_come_whole(services: Services) -> None:
    """Every review once, with its score, its author hashed; a refresh then finds nothing that is new."""
    records, end, _ = crawled(services, "reviews", Plan("full", TODAY))
    assert len({record["id"] for record in records}) == end["notes"]["reviews"] > 0
    assert all(str(record["userId"]).startswith("hash") for record in records)
    again, _, _ = crawled(services, "reviews", Plan("refresh", TODAY, watermark=end["watermark"]))
    assert {record["id"] for record in again} <= {record["id"] for record in records}
