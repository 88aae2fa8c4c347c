"""MyAnimeList is read over HTTP from its stand-in, faults and kills included, into what it really has."""

import json
from collections.abc import Iterator
from datetime import date

import pytest

from adapters.base import Plan
from adapters.crawling import Ended, crawl
from adapters.errors import Refused
from adapters.http import Session
from adapters.myanimelist import SOURCE
from adapters.privacy import Hasher
from demo.services.make import CLIENT_ID, make_services
from demo.services.overlay import Overlay
from demo.services.server import Services
from demo.world import World, make_world
from tests.adapters.crawls import FakeTime, MemoryLog

TODAY = date(2026, 3, 1)
HASHER = Hasher("myanimelist", b"salt")
ANIME, LISTS = SOURCE.streams["anime"], SOURCE.streams["lists"]


@pytest.fixture(scope="module")
def world() -> World:
    """A small world."""
    return make_world(7, anime=700, users=60, ratings=1200)


@pytest.fixture
def overlay(world: World) -> Overlay:
    """What happens to its catalogues."""
    return Overlay(world)


@pytest.fixture
def services(world: World, overlay: Overlay) -> Iterator[Services]:
    """Its MyAnimeList, which fails one request in twelve."""
    with make_services(
        world, ["myanimelist"], rate_scale=1e6, fault_share=0.08, overlay=overlay, list_users=20
    ) as running:
        yield running


def read(services: Services, stream: str, plan: Plan, log: MemoryLog, key: str = CLIENT_ID) -> Ended:
    """Crawl a stream into the log."""
    time, url = FakeTime(), services.urls["myanimelist"]
    with Session(SOURCE, base_url=url, key=key, clock=time.clock, sleep=time.sleep) as session:
        return crawl(session, SOURCE.streams[stream], plan, log, hide=HASHER.subject)


def ids(log: MemoryLog) -> set[str]:
    """The titles in a log."""
    return {str(record["id"]) for record in log.records(ANIME)}


def all_ids(overlay: Overlay) -> set[str]:
    """The titles of the service."""
    return {str(record["id"]) for record in overlay.records("myanimelist")}


def test_the_whole_catalogue_is_read_adult_titles_included(services: Services, overlay: Overlay) -> None:
    """What no list gives is asked for by id, and what is not there is gone."""
    log = MemoryLog()
    known = (*sorted(all_ids(overlay), key=int), "99999999")
    ended = read(services, "anime", Plan("full", TODAY, known=known), log)
    assert ids(log) == all_ids(overlay)
    assert services.spoilt["myanimelist"] > 0
    assert ended.end.gone == ("99999999",)
    assert ended.progress.answered <= ANIME.forecast(Plan("full", TODAY, ids=known[-10:]), len(known), {})
    record = max(log.records(ANIME), key=len)
    assert {"alternative_titles", "genres", "studios", "nsfw", "updated_at"} <= set(record)


def test_a_refresh_killed_anywhere_goes_on_where_it_stopped(services: Services, overlay: Overlay) -> None:
    """Nothing that was answered is asked again."""
    some = tuple(sorted(all_ids(overlay), key=int)[:3])
    plan = Plan("refresh", TODAY, ids=(*some, "99999999"))
    whole = MemoryLog()
    end = read(services, "anime", plan, whole).end
    assert (end.watermark, end.gone) == ("2026-03-01", ("99999999",))
    used = [line["key"] for line in whole.lines if line["accepted"]]
    for lines in range(len(whole.lines)):
        log = whole.torn(lines)
        assert read(services, "anime", plan, log).end == end
        assert [line["key"] for line in log.lines if line["accepted"]] == used


def test_lists_are_read_without_names(services: Services, world: World) -> None:
    """Private lists are answers; nothing that is kept names a user."""
    names = [*services.users["myanimelist"], "nobody-of-this-name"]
    plan = Plan("users", TODAY, users=tuple(HASHER.user(name) for name in names))
    log = MemoryLog()
    ended = read(services, "lists", plan, log)
    records = log.records(LISTS)
    assert ended.end.notes["entries"] == len(records) > 0
    private = {line["subject"] for line in log.lines if line["accepted"] and "owner" in line["note"]}
    read_lists = {line["subject"] for line in log.lines if line["accepted"] and not line["note"]}
    assert len(private - read_lists) + 1 == ended.end.notes["users_missing"]
    words = json.dumps(log.lines)
    assert not [name for name in names if name in words]
    assert "comments" not in words


def test_a_wrong_client_id_ends_the_crawl_soon(services: Services) -> None:
    """Also where only lists are read, whose refusal could mean that they are private."""
    user = HASHER.user(services.users["myanimelist"][0])
    with pytest.raises(Refused, match="OSUSUME_MYANIMELIST_CLIENT_ID"):
        read(services, "anime", Plan("refresh", TODAY), MemoryLog(), key="wrong")
    with pytest.raises(Refused, match="OSUSUME_MYANIMELIST_CLIENT_ID"):
        read(services, "lists", Plan("users", TODAY, users=(user,)), MemoryLog(), key="wrong")
