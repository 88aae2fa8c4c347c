"""Live runs against services on loopback: complete, replayed, refreshed, killed, out, forgotten."""

import gzip
import json
import os
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from assets.crawling import Crawling, ServiceAccess
from assets.ingest import RAW_ASSETS
from assets.resources import RecordingsInput, WarehouseResource
from demo.services.make import CLIENT_ID, make_services
from demo.services.overlay import Overlay
from demo.services.server import Services
from demo.services.users import entries_of, list_users, users_of
from demo.world import World, make_world
from tests.end_to_end.commands import SETTINGS, finished, started
from tests.end_to_end.runs import SLOTS

SOURCES = ("anilist", "kitsu", "myanimelist")
CATALOGUES = {"anilist": "$.id", "kitsu": "$.data.id", "myanimelist": "$.id"}


@dataclass
class Installation:
    """A HOME that asks services on loopback, and what its runs have said."""

    home: Path
    services: Services
    overlay: Overlay
    world: World
    users: Path
    said: list[str] = field(default_factory=list)

    @property
    def settings(self) -> dict[str, str]:
        """Settings that ask the services on loopback, as fast as they allow."""
        urls = {f"OSUSUME_{name.upper()}_URL": url for name, url in self.services.urls.items()}
        rates = {f"OSUSUME_{name.upper()}_RATE": "60000" for name in SOURCES}
        keys = {"OSUSUME_MYANIMELIST_CLIENT_ID": CLIENT_ID, "OSUSUME_USERS": str(self.users)}
        return SETTINGS | urls | rates | keys

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """One command to its end."""
        with SLOTS:
            ended = finished(["--home", str(self.home), *words], self.settings)
        self.said.append(ended.stdout + ended.stderr)
        return ended

    def intake(self, *names: str) -> dg.ExecuteInProcessResult:
        """The raw assets (those of these names), made in this process with a thousandth of the usual patience."""
        keys = {source: CLIENT_ID if source == "myanimelist" else None for source in SOURCES}
        crawling = Crawling(
            services={name: ServiceAccess(url, 60_000, keys[name]) for name, url in self.services.urls.items()},
            users_file=self.users,
            salt_file=self.home / "salt",
            hurry=1_000.0,
        )
        return dg.materialize(
            RAW_ASSETS,
            resources={
                "warehouse": WarehouseResource(home=str(self.home), memory_limit="500MB"),
                "recordings_input": RecordingsInput(),
                "crawling": crawling,
            },
            selection=list(names) or "*",
            raise_on_error=False,
        )

    def rows(self, statement: str) -> list[tuple[object, ...]]:
        """What a query on the warehouse gives."""
        with duckdb.connect(str(self.home / "warehouse.duckdb"), read_only=True) as con:
            return con.execute(statement).fetchall()

    def crawls(self, source: str, stream: str) -> list[list[dict[str, object]]]:
        """Every kept response of a stream, in order, crawl by crawl."""
        files = sorted((self.home / "landing" / source / stream).glob("*.responses.jsonl.gz"))
        crawls = [map(json.loads, gzip.decompress(file.read_bytes()).splitlines()) for file in files]
        return [[line for line in lines if line["kind"] == "response"] for lines in crawls]

    def lines(self, source: str, stream: str) -> list[dict[str, object]]:
        """Every kept response of a stream, in order."""
        return [line for crawl in self.crawls(source, stream) for line in crawl]

    def asked(self) -> dict[str, int]:
        """How many requests each service has had."""
        return dict(self.services.requests)


@pytest.fixture(scope="module")
def world() -> World:
    """A world of 150 anime."""
    return make_world(7, anime=150, users=120, ratings=1_400)


@pytest.fixture(scope="module")
def installation(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A HOME after its first live run, which met one fault in twelve requests."""
    yield from installed(world, tmp_path_factory.mktemp("live"), fault_share=0.08)


def installed(world: World, root: Path, *, fault_share: float) -> Iterator[Installation]:
    """Services, and a HOME that has read nothing yet."""
    overlay = Overlay(world)
    users = root / "users.csv"
    chosen = list_users(world, 15)
    users.write_text("".join(f"{source},{name}\n" for source in chosen for name in chosen[source]))
    with make_services(
        world, SOURCES, rate_scale=5_000, fault_share=fault_share, overlay=overlay, client_id=CLIENT_ID
    ) as services:
        yield Installation(root / "home", services, overlay, world, users)


@pytest.fixture(scope="module")
def first(installation: Installation) -> Installation:
    """The installation after its first run."""
    assert installation.intake().success
    return installation


@pytest.mark.parametrize("source", ["anilist", "kitsu"])
def test_the_catalogue_arrives_complete_and_exactly_once(first: Installation, source: str) -> None:
    """Whatever the services did in between: every record that the source shows, and no other."""
    shown = [
        str(one["id"])
        for one in first.overlay.records(source)
        if source != "kitsu" or one["attributes"]["ageRating"] != "R18"
    ]
    path = CATALOGUES[source]
    read = first.rows(f"select distinct payload ->> '{path}' from raw.raw_{source}__anime")
    assert Counter(str(one[0]) for one in read) == Counter(shown)


def test_what_no_list_of_myanimelist_gives_is_asked_by_the_ids_that_others_name(first: Installation) -> None:
    """What is missing then is named by nobody."""
    shown = {str(one["id"]) for one in first.overlay.records("myanimelist")}
    read = {str(one[0]) for one in first.rows("select distinct payload ->> '$.id' from raw.raw_myanimelist__anime")}
    unlisted = set(map(str, first.services.service("myanimelist").unlisted))
    assert read <= shown
    assert shown - read <= unlisted


def test_lists_are_those_of_the_world_and_name_nobody(first: Installation, world: World) -> None:
    """Every public list entry is there under a hash, and no name of a user is in any file of the HOME."""
    names = {name for listed in list_users(world, 15).values() for name in listed}
    public = [user for name, user in users_of(world, "anilist").items() if name in names and not user.is_private]
    wanted = Counter(str(entry.anime_id) for user in public for entry in entries_of(world, "anilist", user))
    read = first.rows("select payload ->> '$.mediaId', subject from raw.raw_anilist__lists")
    assert Counter(str(anime) for anime, _ in read) == wanted
    assert len({subject for _, subject in read}) == len({user.name for user in public})
    kept = b"".join(
        gzip.decompress(file.read_bytes()) for file in (first.home / "landing").rglob("*.responses.jsonl.gz")
    )
    assert [name for name in names if name.encode() in kept] == []


def test_every_reply_is_kept_with_its_request(first: Installation) -> None:
    """Status, time, hash and body; those that could not be used, too."""
    lines = first.lines("anilist", "anime")
    assert all(line["request"]["method"] == "POST" and line["fetched_at"] for line in lines)
    assert all(len(line["sha256"]) == 64 for line in lines)
    assert any(line["accepted"] for line in lines)
    refused = [line for source in SOURCES for line in first.lines(source, "anime") if not line["accepted"]]
    assert refused


def test_ten_changed_records_are_found_at_the_price_of_ten(first: Installation) -> None:
    """Where the source tells update times, a refresh costs what has changed, and finds all of it."""
    before = first.asked()
    chosen = {
        source: [str(one["id"]) for one in first.overlay.records(source)[3:120:12]] for source in ("anilist", "kitsu")
    }
    for number in chosen["anilist"]:
        first.overlay.edit("anilist", number, {"episodes": 777})
    for number in chosen["kitsu"]:
        first.overlay.edit("kitsu", number, {"episodeCount": 777})
    shown = {
        number
        for number in chosen["kitsu"]
        if first.overlay.record("kitsu", number)["attributes"]["ageRating"] != "R18"
    }
    assert first.intake().success
    found = first.rows(
        "select distinct payload ->> '$.id' from raw.raw_anilist__anime where payload ->> '$.episodes' = '777'"
    )
    assert {row[0] for row in found} == set(chosen["anilist"])
    found = first.rows(
        "select distinct payload ->> '$.data.id' from raw.raw_kitsu__anime "
        "where payload ->> '$.data.attributes.episodeCount' = '777'"
    )
    assert {row[0] for row in found} == shown
    answered = {
        source: sum(bool(line["accepted"]) for line in first.crawls(source, "anime")[-1])
        for source in ("anilist", "kitsu")
    }
    assert answered["anilist"] <= 2
    assert answered["kitsu"] <= 4
    assert first.asked()["anilist"] > before["anilist"]


def test_a_live_home_is_replayed_without_the_network(first: Installation, tmp_path: Path) -> None:
    """Another HOME made from what was landed has the same raw rows, and no service was asked for them."""
    before = first.asked()
    other = Installation(tmp_path / "other", first.services, first.overlay, first.world, first.users)
    ended = other.run("run", "--input", str(first.home), "--select", "raw_anilist__anime", "raw_kitsu__lists")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    for table in ("raw_anilist__anime", "raw_kitsu__lists"):
        statement = f"select * exclude (captured_at) from raw.{table} order by all"
        assert other.rows(statement) == first.rows(statement)
    assert first.asked() == before


@pytest.fixture
def calm(world: World, tmp_path: Path) -> Iterator[Installation]:
    """Services without faults, and a HOME that has read nothing."""
    yield from installed(world, tmp_path, fault_share=0.0)


def test_a_killed_crawl_goes_on_where_it_was(calm: Installation) -> None:
    """After kill -9 in the middle of three crawls, no stream has more than one page that was fetched twice."""
    for source, least in (("anilist", 2), ("kitsu", 4), ("myanimelist", 30)):
        kill_when(calm, source, least)
    result = calm.intake()
    assert result.success
    for source in SOURCES:
        for crawl in calm.crawls(source, "anime"):
            keys = [line["key"] for line in crawl if line["accepted"]]
            assert len(set(keys)) == len(keys)
        kept = sum(len(calm.lines(source, stream)) for stream in ("anime", "lists", "reviews"))
        assert calm.services.requests[source] - kept <= 1


def kill_when(installation: Installation, source: str, least: int) -> None:
    """Start `osusume run --input live` and kill it when a service has had so many requests."""
    words = ["--home", str(installation.home), "run", "--input", "live", "--select", "group:ingestion"]
    with SLOTS:
        process = started(words, installation.settings, Path(os.devnull), Path(os.devnull))
        deadline = time.monotonic() + 120
        while installation.services.requests[source] < least and time.monotonic() < deadline:
            time.sleep(0.002)
        process.kill()
        process.join()


def test_a_user_is_forgotten_everywhere(first: Installation, world: World) -> None:
    """Neither hash nor entries are left in landing and warehouse, and the next run does not read the list again."""
    name = next(name for name in list_users(world, 15)["anilist"] if not users_of(world, "anilist")[name].is_private)
    subjects = {row[0] for row in first.rows("select subject from raw.raw_anilist__lists")}
    ended = first.run("forget-user", f"anilist:{name}")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert first.intake().success
    left = {row[0] for row in first.rows("select subject from raw.raw_anilist__lists")}
    (gone,) = subjects - left
    for file in first.home.rglob("*"):
        if file.is_file() and file.parts[-2] != "forgotten":
            content = file.read_bytes()
            assert gone.encode() not in (gzip.decompress(content) if file.suffix == ".gz" else content), file


def test_a_service_that_is_out_does_not_stop_the_run(first: Installation) -> None:
    """What was landed before is used; a service that was never read, fails."""
    rows = first.rows("select count(*) from raw.raw_anilist__anime")
    first.services.close()
    assert first.intake("raw_anilist__anime").success
    assert first.rows("select count(*) from raw.raw_anilist__anime") == rows
    new = Installation(first.home.with_name("new"), first.services, first.overlay, first.world, first.users)
    assert not new.intake("raw_anilist__anime").success


def test_the_demo_goes_the_same_way_and_ends_early_the_second_time(tmp_path: Path) -> None:
    """`osusume run` reads its catalogues from stand-ins of its own; when all is read, nothing is new."""
    sizes = {"OSUSUME_DEMO_ANIME": "80", "OSUSUME_DEMO_USERS": "60", "OSUSUME_DEMO_RATINGS": "350"}
    with SLOTS:
        runs = [finished(["--home", str(tmp_path / "home"), "run"], SETTINGS | sizes) for _ in range(2)]
    assert [run.returncode for run in runs] == [0, 0], runs[0].stdout + runs[0].stderr
    assert "Published" in runs[0].stdout
    assert runs[1].stdout.startswith("Nothing new since")
    assert list((tmp_path / "home" / "landing" / "kitsu" / "lists").glob("*.responses.jsonl.gz"))
