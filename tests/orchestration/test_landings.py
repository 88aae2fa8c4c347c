"""After a landing one refresh, however many partitions it had and however they came."""

from collections.abc import Iterator

import dagster as dg
import pytest
from dagster._core.execution.backfill import BulkActionStatus, PartitionBackfill

from orchestration.landings import landing_sensor

WINDOWS = dg.StaticPartitionsDefinition([str(year) for year in range(2000, 2120)])


@dg.asset(partitions_def=WINDOWS)
def landing_anilist__anime() -> None:
    """A partitioned landing."""


@dg.asset
def raw_anilist__anime() -> None:
    """What is loaded from it."""


ASSETS = [landing_anilist__anime, raw_anilist__anime]
SENSOR = landing_sensor(ASSETS, "refresh_catalogue")
KEY = dg.AssetKey("landing_anilist__anime")


class Ticker:
    """The sensor's ticks, one after the other."""

    def __init__(self, instance: dg.DagsterInstance, sensor: dg.SensorDefinition = SENSOR) -> None:
        self.instance, self.sensor = instance, sensor
        self.cursor: str | None = None

    def tick(self) -> list[str]:
        """The run keys that one tick asks for."""
        with dg.build_sensor_context(self.instance, cursor=self.cursor) as context:
            result = self.sensor(context)
        assert isinstance(result, dg.SensorResult)
        self.cursor = result.cursor
        return [one.run_key or "" for one in result.run_requests or []]


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    """An instance of its own."""
    with dg.instance_for_test() as found:
        yield found


def land(instance: dg.DagsterInstance, *years: str) -> None:
    """These partitions are landed."""
    for year in years:
        instance.report_runless_asset_event(dg.AssetMaterialization(KEY, partition=year))


def test_many_partitions_are_followed_by_one_refresh(instance: dg.DagsterInstance) -> None:
    """120 landed partitions ask for one run, and the next tick for none."""
    ticker = Ticker(instance)
    assert ticker.tick() == []
    land(instance, *WINDOWS.get_partition_keys())
    assert len(ticker.tick()) == 1
    assert ticker.tick() == []


def test_what_was_landed_before_it_was_started_is_not_its_business(instance: dg.DagsterInstance) -> None:
    """Starting the sensor starts nothing."""
    land(instance, "2000")
    ticker = Ticker(instance)
    assert ticker.tick() == []
    assert ticker.tick() == []


def test_every_landing_has_a_refresh_of_its_own(instance: dg.DagsterInstance) -> None:
    """The run keys differ, so that Dagster does not take the second for the first."""
    ticker = Ticker(instance)
    ticker.tick()
    land(instance, "2000")
    first = ticker.tick()
    land(instance, "2000")
    second = ticker.tick()
    assert len({*first, *second}) == 2


def empty_log(instance: dg.DagsterInstance) -> None:
    """The log is emptied, as when a user is forgotten: what comes is numbered from 1 again."""
    instance.wipe_assets([KEY])
    instance.event_log_storage.wipe()


def test_a_log_that_was_emptied_does_not_silence_it(instance: dg.DagsterInstance) -> None:
    """Whatever number the next landing has, lower or the same, it is followed by one refresh."""
    ticker = Ticker(instance)
    ticker.tick()
    land(instance, "2000", "2001")
    first = ticker.tick()
    empty_log(instance)
    assert ticker.tick() == []
    land(instance, "2000")
    second = ticker.tick()
    assert ticker.tick() == []
    empty_log(instance)
    land(instance, "2000")
    third = ticker.tick()
    assert ticker.tick() == []
    assert len({*first, *second, *third}) == 3


def test_landings_that_a_person_wiped_start_nothing(instance: dg.DagsterInstance) -> None:
    """The landing that is the newest then has had its refresh."""
    other = landing_anilist__anime.with_attributes(
        asset_key_replacements={KEY: dg.AssetKey("landing_kitsu__anime")},
    )
    ticker = Ticker(instance, landing_sensor([*ASSETS, other], "refresh_catalogue"))
    ticker.tick()
    instance.report_runless_asset_event(dg.AssetMaterialization(other.key, partition="2000"))
    land(instance, "2000")
    assert len(ticker.tick()) == 1
    instance.wipe_assets([KEY])
    assert ticker.tick() == []


def test_a_cursor_of_an_earlier_version_is_understood(instance: dg.DagsterInstance) -> None:
    """It was a number alone, which may be of a log that was emptied."""
    land(instance, "2000")
    ticker = Ticker(instance)
    ticker.cursor = "50"
    assert len(ticker.tick()) == 1
    assert ticker.tick() == []


def test_it_waits_for_the_end_of_a_backfill(instance: dg.DagsterInstance) -> None:
    """While a backfill goes on nothing is asked for, although partitions of it have landed."""
    ticker = Ticker(instance)
    ticker.tick()
    backfill = PartitionBackfill(
        backfill_id="windows",
        status=BulkActionStatus.REQUESTED,
        from_failure=False,
        tags={},
        backfill_timestamp=0.0,
        asset_selection=[KEY],
        serialized_asset_backfill_data="{}",
    )
    instance.add_backfill(backfill)
    land(instance, "2000", "2001")
    assert ticker.tick() == []
    land(instance, "2002")
    assert ticker.tick() == []
    instance.update_backfill(backfill.with_status(BulkActionStatus.COMPLETED_SUCCESS))
    assert len(ticker.tick()) == 1
    assert ticker.tick() == []


@pytest.mark.parametrize("status", [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED])
def test_it_waits_for_runs_that_still_land(instance: dg.DagsterInstance, status: dg.DagsterRunStatus) -> None:
    """A starting or running run of a partition is waited for."""
    ticker = Ticker(instance)
    ticker.tick()
    job = dg.Definitions(assets=ASSETS).resolve_implicit_global_asset_job_def()
    run = instance.create_run_for_job(job, tags={"dagster/partition": "2001"}, status=status)
    land(instance, "2000")
    assert ticker.tick() == []
    instance.report_run_canceled(run)
    assert len(ticker.tick()) == 1
