"""The dagster.yaml of the project, as Dagster itself reads it in a DAGSTER_HOME."""

from pathlib import Path

import dagster as dg
import pytest
from dagster._core.definitions.run_request import InstigatorType
from dagster._core.scheduler.instigation import TickStatus

from orchestration.cli.instance import refresh_config
from warehouse.home import Home


@pytest.fixture
def instance(tmp_path: Path) -> dg.DagsterInstance:
    """The instance that `osusume dev` works with."""
    return dg.DagsterInstance.from_config(str(refresh_config(Home(tmp_path / "home"))))


def test_only_runs_whose_process_died_are_started_again(instance: dg.DagsterInstance) -> None:
    """Two more tries after a crash; what fails in a step is not repeated, so there is no storm of retries."""
    assert instance.run_retries_enabled
    assert instance.run_retries_max_retries == 2
    assert instance.run_retries_retry_on_asset_or_op_failure is False


def test_runs_that_hang_are_ended(instance: dg.DagsterInstance) -> None:
    """A run has three minutes to start and a day to end."""
    assert instance.run_monitoring_enabled
    assert instance.run_monitoring_start_timeout_seconds == 180
    assert instance.run_monitoring_cancel_timeout_seconds == 180
    assert instance.run_monitoring_max_runtime_seconds == 86_400


def test_the_daemon_looks_at_freshness_and_queues_runs(instance: dg.DagsterInstance) -> None:
    """The daemons for freshness, monitoring, retries, schedules, sensors and automation are all asked for."""
    needed = set(instance.get_required_daemon_types())
    assert {"FRESHNESS_DAEMON", "MONITORING", "EVENT_LOG_CONSUMER", "SCHEDULER", "SENSOR", "ASSET"} <= needed
    assert instance.get_concurrency_config().run_queue_config.max_concurrent_runs == 4  # type: ignore[union-attr]
    assert not instance.telemetry_enabled


def test_ticks_are_kept_for_a_while(instance: dg.DagsterInstance) -> None:
    """Of schedules 90 days; of sensors and automation 30, a week of those that had nothing to do."""
    schedules = instance.get_tick_retention_settings(InstigatorType.SCHEDULE)
    assert set(schedules.values()) == {90}
    for kind in (InstigatorType.SENSOR, InstigatorType.AUTO_MATERIALIZE):
        kept = instance.get_tick_retention_settings(kind)
        assert (kept[TickStatus.SKIPPED], kept[TickStatus.SUCCESS], kept[TickStatus.FAILURE]) == (7, 30, 30)
