"""Closes in Dagster what only the killed process of a run could have closed: its daemon waits a day for that."""

from __future__ import annotations

from dagster import DagsterInstance
from dagster._core.storage.tags import MAX_RETRIES_TAG

from warehouse.home import Home
from warehouse.liveruns import forget_killed, killed_runs


def close_killed_runs(instance: DagsterInstance, home: Home) -> int:
    """Mark the runs of killed processes as failed, of the UI as well; returns how many there were.

    The daemon does not start them again: whoever calls this runs in their place.
    """
    closed = 0
    for run_id in killed_runs(home):
        if is_open(instance, run_id):
            instance.add_run_tags(run_id, {MAX_RETRIES_TAG: "0"})
            close_run(instance, run_id)
            closed += 1
        forget_killed(home, run_id)
    return closed


def is_open(instance: DagsterInstance, run_id: str) -> bool:
    """Whether Dagster knows the run and not that it ended."""
    run = instance.get_run_by_id(run_id)
    return run is not None and not run.is_finished


def close_run(instance: DagsterInstance, run_id: str) -> None:
    """Mark a run as failed, since its process ended."""
    if (run := instance.get_run_by_id(run_id)) is not None:
        instance.report_run_failed(run, "The process of this run ended before the run did (killed?).")
