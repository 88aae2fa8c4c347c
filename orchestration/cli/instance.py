"""The Dagster instance of one HOME: opened for an in-process run, tidied after a killed one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dagster import DagsterInstance, DagsterRunStatus, RunsFilter
from dagster._core.instance.ref import InstanceRef
from dagster._core.storage.tags import REPOSITORY_LABEL_TAG

import orchestration
from warehouse.files import write_whole
from warehouse.home import Home

#: The tag by which runs of `osusume run` are told from runs that the UI started.
RUN_TAG = {"osusume/command": "run"}
#: Runs without this tag are missing from the UI's pages of jobs and of the timeline, which ask by code location
#: (its name stands in workspace.yaml).
SHOWN_IN_UI = {REPOSITORY_LABEL_TAG: "__repository__@osusume"}
UNFINISHED = [
    DagsterRunStatus.NOT_STARTED,
    DagsterRunStatus.STARTING,
    DagsterRunStatus.STARTED,
    DagsterRunStatus.CANCELING,
]
_ROOT = Path(orchestration.__file__).parent.parent
_CONFIG = "dagster.yaml"
_WORKSPACE = "workspace.yaml"
#: Used where the project is installed without its root directory.
_FALLBACK_CONFIG = b"telemetry:\n  enabled: false\nnux:\n  enabled: false\n"


def refresh_config(home: Home) -> Path:
    """HOME/dagster with a dagster.yaml equal to the one at the project's root; returns the directory."""
    home.dagster.mkdir(parents=True, exist_ok=True)
    shipped = _ROOT / _CONFIG
    wanted = shipped.read_bytes() if shipped.is_file() else _FALLBACK_CONFIG
    config = home.dagster / _CONFIG
    if not config.is_file() or config.read_bytes() != wanted:
        write_whole(config, wanted)
    return home.dagster.absolute()


def code_location() -> list[str]:
    """How `dagster dev` is told what to load: workspace.yaml, or the module where the project's root is missing."""
    workspace = _ROOT / _WORKSPACE
    if workspace.is_file():
        return ["--workspace", str(workspace)]
    return ["--module-name", "orchestration.definitions"]


@contextmanager
def open_instance(home: Home, *, verbose: bool = False) -> Iterator[DagsterInstance]:
    """The instance for runs inside this process, in the same files that the UI reads.

    Args:
        home: whose instance.
        verbose: let Dagster repeat on the terminal what assets print.
    """
    directory = str(refresh_config(home))
    overrides: dict[str, Any] = {"storage": _custom("storage", "KeptOpenStorage", directory)}
    if not verbose:
        logs = str(Path(directory, "storage"))
        overrides["compute_logs"] = _custom("captured", "CapturedOutput", logs)["custom"]
    with DagsterInstance.from_ref(InstanceRef.from_dir(directory, overrides=overrides)) as instance:
        yield instance


def unfinished_runs(instance: DagsterInstance) -> list[str]:
    """The ids of runs of `osusume run` that never said how they ended, newest first."""
    found = instance.get_runs(filters=RunsFilter(statuses=UNFINISHED, tags=dict(RUN_TAG)))
    return [run.run_id for run in found]


def close_unfinished_runs(instance: DagsterInstance) -> int:
    """Mark the runs of killed processes as failed; returns how many there were.

    Only call it while no other `osusume run` works on this HOME.
    """
    run_ids = unfinished_runs(instance)
    for run_id in run_ids:
        run = instance.get_run_by_id(run_id)
        if run is not None:
            instance.report_run_failed(run, "The process of this run ended before the run did (killed?).")
    return len(run_ids)


def _custom(module: str, name: str, directory: str) -> dict[str, Any]:
    """How dagster.yaml names one of our own classes."""
    return {
        "custom": {
            "module": f"orchestration.cli.{module}",
            "class": name,
            "config": {"base_dir": directory},
        }
    }
