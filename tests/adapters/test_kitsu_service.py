"""Kitsu is read over HTTP from its stand-in, faults and kills included, into what it really has."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from adapters.base import Plan
from adapters.crawling import Ended, crawl
from adapters.errors import Misunderstood
from adapters.http import Session
from adapters.kitsu import SOURCE
from adapters.privacy import Hasher
from demo.schedule import TODAY
from demo.services.make import make_services
from demo.services.overlay import Overlay
from demo.services.server import Services
from demo.world import World, make_world
from tests.adapters.crawls import FakeTime, MemoryLog

FULL = Plan("full", TODAY)
HASHER = Hasher("kitsu", b"salt")


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
    """Its Kitsu, which fails one request in eight."""
    with make_services(world, ["kitsu"], rate_scale=1e6, fault_share=0.12, overlay=overlay, list_users=12) as running:
        yield running


def visible(overlay: Overlay) -> set[str]:
    """The ids of titles that an anonymous reader sees."""
    return {
        str(record["id"])
        for record in overlay.records("kitsu")
        if record["attributes"].get("ageRating") != "R18" and not record["attributes"].get("nsfw")
    }


def read(services: Services, stream: str, plan: Plan, log: MemoryLog) -> Ended:
    """Crawl a stream into the log."""
    time = FakeTime()
    with Session(SOURCE, base_url=services.urls["kitsu"], clock=time.clock, sleep=time.sleep) as session:
        return crawl(session, SOURCE.streams[stream], plan, log, hide=HASHER.subject)


def ids(log: MemoryLog) -> set[str]:
    """The titles in a log."""
    return {record["data"]["id"] for record in log.records(SOURCE.streams["anime"])}


def test_the_whole_catalogue_is_read(services: Services, overlay: Overlay) -> None:
    """Each title as it is, with mappings, categories and the ids of related titles."""
    log = MemoryLog()
    ended = read(services, "anime", FULL, log)
    assert ids(log) == visible(overlay)
    assert services.spoilt["kitsu"] > 0
    assert ended.end.notes["read"] == ended.end.notes["counted"] == len(visible(overlay))
    record = next(one for one in log.records(SOURCE.streams["anime"]) if one["included"])
    assert record["data"]["attributes"]["titles"]
    kinds = {one["type"] for record in log.records(SOURCE.streams["anime"]) for one in record["included"]}
    assert kinds == {"mappings", "categories", "genres", "animeProductions", "producers", "mediaRelationships"}
    relations = [
        one["relationships"]["destination"]["data"]
        for record in log.records(SOURCE.streams["anime"])
        for one in record["included"]
        if one["type"] == "mediaRelationships"
    ]
    assert any(one["type"] == "anime" and one["id"] in visible(overlay) for one in relations)


def test_a_crawl_killed_anywhere_goes_on_where_it_stopped(services: Services, overlay: Overlay) -> None:
    """Nothing that was answered is asked again."""
    whole = MemoryLog()
    read(services, "anime", FULL, whole)
    used = [line["key"] for line in whole.lines if line["accepted"]]
    for lines in range(0, len(whole.lines), 3):
        log = whole.torn(lines)
        read(services, "anime", FULL, log)
        assert [line["key"] for line in log.lines if line["accepted"]] == used
        assert ids(log) == visible(overlay)


def test_a_refresh_reads_what_was_changed_and_a_full_crawl_what_is_absent(services: Services, overlay: Overlay) -> None:
    """An edit is found by its time. A removal and a rating as R18 look the same, and neither is reported as gone."""
    first = MemoryLog()
    watermark = read(services, "anime", FULL, first).end.watermark
    known = sorted(visible(overlay), key=int)
    overlay.edit("kitsu", known[3], {"canonicalTitle": "Another Title"})
    overlay.remove("kitsu", known[4])
    second = MemoryLog()
    ended = read(services, "anime", Plan("refresh", TODAY, watermark=watermark), second)
    titles = {
        one["data"]["id"]: one["data"]["attributes"]["canonicalTitle"]
        for one in second.records(SOURCE.streams["anime"])
    }
    assert titles[known[3]] == "Another Title"
    assert ended.progress.answered < 6
    assert ended.end.watermark is not None
    assert watermark is not None
    assert ended.end.watermark > watermark
    overlay.edit("kitsu", known[5], {"ageRating": "R18", "nsfw": True})
    end = read(services, "anime", replace(FULL, known=tuple(known)), MemoryLog()).end
    assert end.gone == ()
    assert str(end.notes["absent"]).endswith(f": {known[4]}, {known[5]}")


def test_the_rating_job_makes_a_refresh_as_large_as_everything(services: Services, overlay: Overlay) -> None:
    """The notes say why."""
    watermark = read(services, "anime", FULL, MemoryLog()).end.watermark
    overlay.touch_all("kitsu")
    log = MemoryLog()
    ended = read(services, "anime", Plan("refresh", TODAY, watermark=watermark), log)
    assert ids(log) == visible(overlay)
    assert "rating job" in str(ended.end.notes["changed"])


def test_lists_are_read_without_names(services: Services) -> None:
    """Of every user who is there; nothing that is kept names one."""
    names = [*services.users["kitsu"], "nobody-of-this-name"]
    plan = Plan("users", TODAY, users=tuple(HASHER.user(name) for name in names))
    log = MemoryLog()
    ended = read(services, "lists", plan, log)
    records = log.records(SOURCE.streams["lists"])
    assert ended.end.notes["entries"] == len(records) > 0
    assert ended.end.notes["users_missing"] == 1
    assert {line["subject"] for line in log.lines} == {HASHER.subject(name) for name in names}
    assert any(record["attributes"]["ratingTwenty"] for record in records)
    words = json.dumps(log.lines)
    assert not [name for name in names if name in words]


def test_reviews_are_read(services: Services) -> None:
    """All of them, and after that those that are new."""
    log = MemoryLog()
    ended = read(services, "reviews", FULL, log)
    records = log.records(SOURCE.streams["reviews"])
    assert len({record["id"] for record in records}) == ended.end.notes["counted"]
    assert all(record["attributes"]["content"] for record in records)
    later = read(services, "reviews", Plan("refresh", TODAY, watermark=ended.end.watermark), MemoryLog())
    assert later.progress.answered <= 3


def test_a_question_that_kitsu_does_not_know_ends_the_crawl(services: Services) -> None:
    """Asking again would give the same."""
    time = FakeTime()
    stream = SOURCE.streams["anime"]

    def changed(plan: Plan):
        return replace(next(stream.crawl(plan)), params=(("sort", "colour"),))

    def crawl_of(plan: Plan):
        yield changed(plan)

    odd = replace(stream, crawl=crawl_of)
    with (
        Session(SOURCE, base_url=services.urls["kitsu"], clock=time.clock, sleep=time.sleep) as session,
        pytest.raises(Misunderstood, match="colour"),
    ):
        crawl(session, odd, FULL, MemoryLog(), hide=HASHER.subject)
