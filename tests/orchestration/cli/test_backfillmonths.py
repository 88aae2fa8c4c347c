"""Backfills of ratings: forecast month by month, landed in one run or in one each, taken up where they failed."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from orchestration.cli.backfillmonths import months_of
from orchestration.cli.console import Console
from orchestration.cli.instance import open_instance
from orchestration.cli.partitionruns import land_parts
from orchestration.inputs import resolve_input
from orchestration.settings import Settings, load_settings
from tests.assets.month_world import Recorder
from warehouse.landing import landed_files

Call = Callable[..., Any]
MONTHS = ("2024-03", "2024-04", "2024-05")
SPAN = ("--from", MONTHS[0], "--to", MONTHS[-1])


@pytest.fixture
def here(tmp_path: Path) -> Recorder:
    """Three months of Kitsu recorded, and one of AniList."""
    recorder = Recorder(tmp_path)
    for month in MONTHS:
        recorder.record("kitsu", month, "ann", "bob")
    recorder.record("anilist", MONTHS[0], "cyd")
    return recorder


@pytest.fixture
def settings(here: Recorder) -> Settings:
    """Those of a run that reads the recordings."""
    return load_settings(home=here.home.root, input=str(here.directory), memory_limit="500MB")


def land(here: Recorder, settings: Settings, **changes: object) -> bool:
    """A backfill of Kitsu's three months; whether all of them were landed."""
    words = {"first": MONTHS[0], "last": MONTHS[-1], "parallel": 1, "retry_failed": False}
    target = months_of(here.home, here.directory, "kitsu")
    args = argparse.Namespace(**(words | changes))
    return land_parts(args, target, settings, resolve_input(settings), MONTHS, Console())


def landed(here: Recorder) -> list[str | None]:
    """The months of the landed files, oldest first."""
    return [one.partition for one in landed_files(here.home, "kitsu", "ratings")]


def runs(here: Recorder) -> list[tuple[str, str, str]]:
    """First month, last month and outcome of the HOME's runs, oldest first."""
    with open_instance(here.home) as instance:
        found = list(instance.get_runs())[::-1]
        ends = ("dagster/asset_partition_range_start", "dagster/asset_partition_range_end")
        return [(run.tags[ends[0]], run.tags[ends[1]], run.status.value) for run in found]


def test_each_month_is_forecast(osusume: Call, here: Recorder) -> None:
    """Of every source that has months, with the size of its file and when it was landed last; nothing is made."""
    called = osusume("backfill", "ratings", *SPAN, "--dry-run", "--input", here.directory, "--home", here.home.root)
    assert called.status == 0
    rows = [line.split() for line in called.out.splitlines() if line.startswith("2024")]
    size = f"{here.file('kitsu', MONTHS[0]).stat().st_size}"
    assert [row[0] for row in rows] == [*MONTHS, *MONTHS]
    assert [row[1:] for row in rows[:4]] == [
        [f"{here.file('anilist', MONTHS[0]).stat().st_size}", "never"],
        ["no", "file", "never"],
        ["no", "file", "never"],
        [size, "never"],
    ]
    assert not here.home.root.exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("ratings", "--from", "2024", "--to", "2024"), "ratings are landed by months; give them from 2004-01 to 20"),
        (("ratings", "--from", "2024-05", "--to", "2024-04"), "the earlier one first"),
        (("ratings", "--from", "2003-12", "--to", "2024-04"), "give them from 2004-01"),
        (("ratings", "--from", "2024-13", "--to", "2024-13"), "'2024-13' is neither a year such as 2024 nor a month"),
        (("kitsu", "--from", "2024-04", "--to", "2024-05"), "kitsu is read by years"),
        (
            ("kitsu", "--from", "2024", "--to", "2024", "--source", "kitsu"),
            "--source are for `osusume backfill ratings`",
        ),
        (("ratings", *SPAN, "--input", "demo"), "Name the directory: --input DIR"),
        (("ratings", *SPAN, "--retry-failed"), "no backfill of anilist ratings 2024-03 to 2024-05 to be taken up"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything(
    osusume: Call, here: Recorder, words: tuple[str, ...], said: str
) -> None:
    """With status 2 and one message; no HOME is made."""
    given = words if "--input" in words else (*words, "--input", str(here.directory))
    called = osusume("backfill", *given, "--home", here.home.root)
    assert called.status == 2
    assert said in called.err
    assert not here.home.root.exists()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda here: here.record("kitsu", "2024-13"), "202413 is no month; expected <YYYYMM>.csv.gz"),
        (lambda here: [here.file(*one).unlink() for one in MONTHS_AT_HAND], "has no months of ratings; expected files"),
    ],
)
def test_a_directory_that_cannot_be_used_is_named(
    osusume: Call, here: Recorder, spoil: Callable[[Recorder], object], said: str
) -> None:
    """With the file, or with what was expected."""
    spoil(here)
    called = osusume("backfill", "ratings", *SPAN, "--input", here.directory, "--home", here.home.root)
    assert called.status == 2
    assert said in called.err


MONTHS_AT_HAND = [("anilist", MONTHS[0]), *(("kitsu", month) for month in MONTHS)]


def test_months_are_landed_in_one_run_and_what_failed_later_alone(here: Recorder, settings: Settings) -> None:
    """The month without a file is missing afterwards, and landed by itself once it has one."""
    here.file("kitsu", MONTHS[1]).unlink()
    assert not land(here, settings)
    assert landed(here) == [MONTHS[0], MONTHS[2]]
    assert not land(here, settings, retry_failed=True)
    here.record("kitsu", MONTHS[1], "eve")
    assert land(here, settings, retry_failed=True)
    assert landed(here) == [MONTHS[0], MONTHS[2], MONTHS[1]]
    assert runs(here) == [
        (MONTHS[0], MONTHS[2], "FAILURE"),
        (MONTHS[1], MONTHS[1], "FAILURE"),
        (MONTHS[1], MONTHS[1], "SUCCESS"),
    ]
    # Nothing is left to be done; a month that was recorded anew is.
    assert land(here, settings, retry_failed=True)
    assert len(runs(here)) == 3
    here.record("kitsu", MONTHS[2], "fay")
    assert land(here, settings, retry_failed=True)
    assert runs(here)[-1] == (MONTHS[2], MONTHS[2], "SUCCESS")
    assert landed(here) == [MONTHS[0], MONTHS[2], MONTHS[1], MONTHS[2]]


def test_a_worker_of_a_parallel_backfill_lands_its_months_in_a_run_each(osusume: Call, here: Recorder) -> None:
    """As the command that starts it says: months of this source alone, and nothing is made of them yet."""
    words = months_of(here.home, here.directory, "kitsu").words
    place = ("--input", here.directory, "--home", here.home.root)
    called = osusume("backfill", *words, *SPAN, *place, "--land", MONTHS[0], MONTHS[2])
    assert called.status == 0
    assert sorted(map(str, landed(here))) == [MONTHS[0], MONTHS[2]]
    assert landed_files(here.home, "anilist", "ratings") == []
    with open_instance(here.home) as instance:
        assert instance.get_materialized_partitions(dg.AssetKey("landing_kitsu__ratings")) == {MONTHS[0], MONTHS[2]}
    assert runs(here) == [(month, month, "SUCCESS") for month in (MONTHS[0], MONTHS[2])]
    assert not here.home.warehouse_file.exists()
    here.file("kitsu", MONTHS[1]).unlink()
    assert osusume("backfill", *words, *SPAN, *place, "--land", MONTHS[1]).status == 1
