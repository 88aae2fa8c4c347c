"""Backfills: forecast partition by partition, landed in one run or in several at once, taken up where they failed."""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import DEVNULL
from typing import Any

import dagster as dg
import pytest

from demo.services.make import make_services
from demo.services.server import Services
from demo.world import make_world
from orchestration.cli.console import Console
from orchestration.cli.instance import open_instance
from orchestration.cli.partitionruns import _ranges, catalogue_of, land_parts
from orchestration.inputs import resolve_input
from orchestration.settings import Settings, load_settings
from tests.adapters.loopback import Loopback, Step, script
from tests.orphans import working_for
from warehouse.home import Home
from warehouse.landing import landed_files
from warehouse.partitions import landed_partitions
from warehouse.responses import open_log

Call = Callable[..., Any]
KEYS = ("00000-00999", "01000-01999", "02000-02999")


@pytest.fixture
def services() -> Iterator[Services]:
    """Kitsu, on loopback."""
    with make_services(make_world(7, anime=60, users=40, ratings=190), ["kitsu"], rate_scale=5_000) as running:
        yield running


@pytest.fixture
def settings(services: Services, tmp_path: Path) -> Settings:
    """Those of a live run that asks it, as fast as it allows."""
    words = {"kitsu_url": services.urls["kitsu"], "kitsu_rate": 60_000, "sources": "kitsu", "memory_limit": "500MB"}
    return load_settings(home=tmp_path / "home", input="live", **words)


def land(settings: Settings, **changes: object) -> bool:
    """A backfill of three blocks; whether all of them were landed."""
    words = {"first": 2001, "last": 2001, "parallel": 1, "retry_failed": False}
    args = argparse.Namespace(**(words | changes))
    target = catalogue_of(Home(settings.home), "kitsu")
    return land_parts(args, target, settings, resolve_input(settings), KEYS, Console())


def runs(settings: Settings) -> list[dg.DagsterRun]:
    """The runs of the HOME, oldest first."""
    with open_instance(Home(settings.home)) as instance:
        return list(instance.get_runs())[::-1]


def test_each_partition_is_forecast(osusume: Call, tmp_path: Path) -> None:
    """With requests, minutes, and when it was landed last."""
    called = osusume("backfill", "anilist", "--from", 1955, "--to", 1960, "--dry-run", "--home", tmp_path / "home")
    assert called.status == 0
    rows = [line.split() for line in called.out.splitlines()]
    assert [row[0] for row in rows if row[-1:] == ["never"]] == ["until-1959", "1960"]


def test_years_that_cost_a_full_crawl_are_told(osusume: Call, tmp_path: Path) -> None:
    """Kitsu cannot be asked by year."""
    called = osusume("backfill", "kitsu", "--from", 2001, "--to", 2001, "--dry-run", "--home", tmp_path / "home")
    assert "kitsu cannot be asked by year: whichever years are wanted, they cost a full crawl." in called.out
    assert "29000-end" in called.out


def test_years_before_there_was_anything_are_refused(osusume: Call, tmp_path: Path) -> None:
    """MyAnimeList begins in 1917."""
    called = osusume("backfill", "myanimelist", "--from", 1900, "--to", 1910, "--home", tmp_path / "home")
    assert called.status == 2
    assert "--from 1900 --to 1910" in called.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("anilist", "--retry-failed"), "none has begun in this HOME"),
        (("jikan", "--parallel", "2", "--input", "live"), "no partitions"),
    ],
)
def test_options_that_make_no_sense_are_refused_before_anything(
    osusume: Call, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    """Nothing is asked and no HOME is made."""
    called = osusume("backfill", *words, "--from", 2001, "--to", 2001, "--home", tmp_path / "home")
    assert called.status == 2
    assert said in called.err
    assert not (tmp_path / "home").exists()


def test_partitions_are_landed_in_one_run_and_what_failed_later_alone(settings: Settings, services: Services) -> None:
    """One run for all three, of which the second could not be read; then one of the two that are missing."""
    home = Home(settings.home)
    with open_log(home, "kitsu", "anime", KEYS[1]):
        assert not land(settings)
    assert set(landed_partitions(home, "kitsu", "anime")) == {KEYS[0]}
    asked = services.requests["kitsu"]
    assert land(settings, retry_failed=True)
    assert set(landed_partitions(home, "kitsu", "anime")) == set(KEYS)
    assert services.requests["kitsu"] == asked + 2
    ranges = [(run.tags["dagster/asset_partition_range_start"], run.status.value) for run in runs(settings)]
    assert ranges == [(KEYS[0], "FAILURE"), (KEYS[1], "SUCCESS")]
    # Nothing is left to be done.
    assert land(settings, retry_failed=True)
    assert len(runs(settings)) == 2


def test_partitions_are_landed_by_several_processes_at_once(settings: Settings) -> None:
    """A run for each, every one of them landed once, and the instance knows them all."""
    assert land(settings, parallel=2)
    assert set(landed_partitions(Home(settings.home), "kitsu", "anime")) == set(KEYS)
    assert len(landed_files(Home(settings.home), "kitsu", "anime")) == 3
    with open_instance(Home(settings.home)) as instance:
        assert instance.get_materialized_partitions(dg.AssetKey("landing_kitsu__anime")) == set(KEYS)
    assert [run.status.value for run in runs(settings)] == ["SUCCESS"] * 3


def test_rows_of_partitions_without_a_gap_are_one_run() -> None:
    """Since Dagster is told a range by its ends."""
    assert list(_ranges("abcdef", "abdf")) == [("a", "b"), ("d", "d"), ("f", "f")]


@pytest.mark.skipif(sys.platform != "linux", reason="looks at processes as Linux shows them")
def test_workers_end_with_a_backfill_that_was_killed(tmp_path: Path) -> None:
    """They wait for a service that does not answer, and would go on doing so."""
    home, until = tmp_path / "home", time.monotonic() + 90
    command = [sys.executable, "-m", "orchestration", "--home", str(home), "backfill", "kitsu"]
    command += ["--from", "2001", "--to", "2001", "--input", "live", "--parallel", "2"]
    with Loopback(script(Step(fault="hang", seconds=120))) as server:
        settings = {"OSUSUME_KITSU_URL": server.url, "OSUSUME_SOURCES": "kitsu"}
        backfill = subprocess.Popen(command, env={**os.environ, **settings}, stdout=DEVNULL, stderr=DEVNULL)
        while not server.seen:
            assert backfill.poll() is None
            assert time.monotonic() < until
            time.sleep(0.1)
        assert len(working_for(home)) == 3, "the backfill and its two workers"
        backfill.kill()
        backfill.wait()
        killed_at = time.monotonic()
        while left := working_for(home):
            assert time.monotonic() < killed_at + 5, left
            time.sleep(0.1)
