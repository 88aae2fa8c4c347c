"""Ratings landed by month: a month read again replaces itself alone, and one that failed is landed alone."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest

from adapters.recordings import SOURCES
from assets.partitions import MONTHS, landing_name
from tests.assets.month_world import Recorder
from warehouse.landing import landed_files

MARCH, APRIL, MAY = "2024-03", "2024-04", "2024-05"


@pytest.fixture
def here(tmp_path: Path) -> Recorder:
    """Three months of Kitsu recorded, nothing landed."""
    recorder = Recorder(tmp_path)
    recorder.record("kitsu", MARCH, "ann", "bob")
    recorder.record("kitsu", APRIL, "cyd")
    recorder.record("kitsu", MAY, "dan")
    return recorder


def months_landed(here: Recorder) -> list[str | None]:
    """The months of the landed files, in the order in which they were landed."""
    return [one.partition for one in landed_files(here.home, "kitsu", "ratings")]


def message(run: dg.ExecuteInProcessResult) -> str:
    """Why the step of a run failed."""
    (failure,) = [event for event in run.all_events if event.is_step_failure]
    return str(failure.step_failure_data.user_failure_data.description)


def test_there_is_a_month_for_every_list_that_can_have_changed() -> None:
    """From the year in which the oldest of the sources opened to the month in which we are."""
    keys = MONTHS.get_partition_keys(datetime(2026, 3, 1, 0, 30, tzinfo=UTC))
    assert (keys[0], keys[-2], keys[-1], len(keys)) == ("2004-01", "2026-02", "2026-03", 22 * 12 + 3)


@pytest.mark.parametrize("source", SOURCES)
def test_a_month_is_landed_exactly_and_raw_loads_it(tmp_path: Path, source: str) -> None:
    """The file's bytes, under its month; the raw table needs no recordings any more."""
    here = Recorder(tmp_path)
    here.record(source, APRIL, "ann")
    run = here.land(source, APRIL)
    assert run.success
    (landed,) = landed_files(here.home, source, "ratings")
    assert landed.file(here.home).read_bytes() == here.file(source, APRIL).read_bytes()
    (event,) = run.asset_materializations_for_node(landing_name(source, "ratings"))
    assert event.partition == APRIL
    shown = {name: value.value for name, value in event.metadata.items()}
    assert shown == {"dagster/partition_row_count": 1, "file_landed": landed.path}
    assert here.load(source, directory=None).success
    assert here.loaded(source) == [(APRIL, "ann")]


def test_a_month_read_again_replaces_itself_and_leaves_its_neighbours(here: Recorder) -> None:
    """For everybody, also down to nobody; read again as it was it is nothing new."""
    assert here.land("kitsu", MARCH, MAY).success
    assert here.load("kitsu", directory=None).success
    assert here.loaded("kitsu") == [(MARCH, "ann"), (MARCH, "bob"), (APRIL, "cyd"), (MAY, "dan")]
    here.record("kitsu", MARCH, "eve")
    here.record("kitsu", APRIL)
    run = here.land("kitsu", MARCH, MAY)
    assert run.success
    assert months_landed(here) == [MARCH, APRIL, MAY, MARCH, APRIL]
    told = {one.partition: one.metadata for one in run.asset_materializations_for_node("landing_kitsu__ratings")}
    assert ["unchanged" in told[month] for month in (MARCH, APRIL, MAY)] == [False, False, True]
    assert here.load("kitsu", directory=None).success
    assert here.loaded("kitsu") == [(MARCH, "eve"), (MAY, "dan")]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (Path.unlink, "202404.csv.gz does not exist: record it there"),
        (lambda file: file.write_bytes(b"no gzip"), "202404.csv.gz is not a gzip file"),
    ],
)
def test_a_month_that_cannot_be_landed_fails_alone_and_is_landed_alone(
    here: Recorder, spoil: Callable[[Path], object], said: str
) -> None:
    """Its file is named with the remedy, and the months before and after it land."""
    spoil(here.file("kitsu", APRIL))
    run = here.land("kitsu", MARCH, MAY)
    assert not run.success
    assert message(run).startswith("1 of 3 partitions were not landed. 2024-04: ")
    assert said in message(run)
    assert message(run).endswith("Materialise these alone: the others are landed")
    assert here.landed("kitsu") == {MARCH, MAY}
    here.record("kitsu", APRIL, "cyd")
    assert here.land("kitsu", APRIL).success
    assert here.landed("kitsu") == {MARCH, APRIL, MAY}
    assert months_landed(here) == [MARCH, MAY, APRIL]


def test_an_ordinary_refresh_lands_every_new_month_itself(here: Recorder) -> None:
    """Whatever of them was landed as a partition before is not landed twice."""
    assert here.land("kitsu", APRIL).success
    assert here.load("kitsu").success
    assert sorted(map(str, months_landed(here))) == [MARCH, APRIL, MAY]
    assert [month for month, _ in here.loaded("kitsu")] == [MARCH, MARCH, APRIL, MAY]


def test_an_input_without_a_directory_is_refused_in_one_message(here: Recorder) -> None:
    """It says which input could be landed from, once for all months."""
    run = here.land("kitsu", MARCH, MAY, directory=None)
    assert not run.success
    assert message(run).count("OSUSUME_INPUT=DIR") == 1
    assert here.landed("kitsu") == set()
