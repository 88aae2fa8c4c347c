"""The Dagster instance of one HOME: opened for an in-process run, tidied after a killed one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dagster import DagsterInstance, DagsterRunStatus, RunsFilter
from dagster._core.instance.ref import InstanceRef
from dagster._core.storage.tags import MAX_RETRIES_TAG, REPOSITORY_LABEL_TAG

import orchestration
from orchestration.cli.postgres import STORAGE_BLOCK, require_postgres
from orchestration.errors import SettingsError
from orchestration.settings import POSTGRES_VARIABLE, load_settings, show_dagster_its_storage, store_plans_at_once
from warehouse.files import directory_lock, write_whole
from warehouse.home import Home
from warehouse.liveruns import killed_runs

#: The tag by which runs of `osusume run` are told from runs that the UI started.
RUN_TAG = {"osusume/command": "run"}
#: Whoever started a run in a terminal starts the next one as well; the daemon of an open UI must not.
NEVER_RETRIED = {MAX_RETRIES_TAG: "0"}
#: Runs without this tag are missing from the UI's pages of jobs and of the timeline, which ask by code location
#: (its name stands in workspace.yaml).
SHOWN_IN_UI = {REPOSITORY_LABEL_TAG: "__repository__@osusume"}
UNFINISHED = [
    DagsterRunStatus.NOT_STARTED,
    DagsterRunStatus.STARTING,
    DagsterRunStatus.STARTED,
    DagsterRunStatus.CANCELING,
]
#: For PostgreSQL; SQLite's storage heeds none of it. No limit to a statement's time, connections renewed after an hour.
_KEEP_CONNECTIONS = {"statement_timeout": 0, "pool_recycle": 3600, "max_overflow": 20}
_ROOT = Path(orchestration.__file__).parent.parent
_CONFIG = "dagster.yaml"
_WORKSPACE = "workspace.yaml"
#: Used where the project is installed without its root directory.
_FALLBACK_CONFIG = b"telemetry:\n  enabled: false\nnux:\n  enabled: false\n"


def wanted_config(home: Home) -> bytes:
    """What the HOME's dagster.yaml should say: that of the project's root, and the storage that the settings choose.

    The storage is read from the settings here and not handed in: two processes that open the instance of one HOME must
    never come to different answers. PostgreSQL has answered by then, and nothing was written.

    Raises:
        SettingsError: when PostgreSQL cannot be used, or was used for this HOME and is not named any more.
    """
    settings = load_settings()
    if settings.dagster_postgres_url.get_secret_value():
        require_postgres(settings.dagster_postgres_url)
        show_dagster_its_storage(settings)
        return _shipped_config() + STORAGE_BLOCK.encode()
    if keeps_history_in_postgres(home):
        config = home.dagster / _CONFIG
        raise SettingsError(
            f"{config} keeps the history of runs in PostgreSQL, but {POSTGRES_VARIABLE} is not set: set it as the "
            f"webserver and the daemon have it, or delete {config} to begin a history in SQLite"
        )
    return _shipped_config()


def refresh_config(home: Home) -> Path:
    """HOME/dagster with the dagster.yaml that it should have.

    Returns:
        The directory, which is Dagster's DAGSTER_HOME.

    Raises:
        SettingsError: as `wanted_config`.
    """
    wanted = wanted_config(home)
    config = home.dagster / _CONFIG
    home.dagster.mkdir(parents=True, exist_ok=True)
    if not config.is_file() or config.read_bytes() != wanted:
        write_whole(config, wanted)
    return home.dagster.absolute()


def keeps_history_in_postgres(home: Home) -> bool:
    """Whether the HOME's dagster.yaml, as it stands, names PostgreSQL."""
    config = home.dagster / _CONFIG
    return config.is_file() and STORAGE_BLOCK.encode() in config.read_bytes()


def _shipped_config() -> bytes:
    """The dagster.yaml of the project's root, or the little that matters where the root is missing."""
    shipped = _ROOT / _CONFIG
    return shipped.read_bytes() if shipped.is_file() else _FALLBACK_CONFIG


def code_location() -> list[str]:
    """How `dagster dev` is told what to load: workspace.yaml, or the module where the project's root is missing."""
    workspace = _ROOT / _WORKSPACE
    if workspace.is_file():
        return ["--workspace", str(workspace)]
    return ["--module-name", "orchestration.definitions"]


@contextmanager
def open_instance(home: Home, *, verbose: bool = False) -> Iterator[DagsterInstance]:
    """The instance for runs inside this process, in the same place that the UI reads.

    Args:
        home: whose instance.
        verbose: let Dagster repeat on the terminal what assets print.

    Raises:
        SettingsError: as `wanted_config`.
    """
    directory = str(refresh_config(home))
    store_plans_at_once()
    # Dagster makes its SQLite files on opening, and fails when two processes make them at once.
    with directory_lock(home.dagster):
        instance = DagsterInstance.from_ref(
            InstanceRef.from_dir(directory, overrides=_overrides(home, verbose=verbose))
        )
    with instance:
        # Dagster would connect anew for each of the thousands of events of a run.
        instance.optimize_for_webserver(**_KEEP_CONNECTIONS)
        yield instance


@contextmanager
def opened_as_it_is(home: Home) -> Iterator[DagsterInstance | None]:
    """The instance with its dagster.yaml as it stands, to be looked at and not made; None where there is none yet."""
    settings = load_settings()
    show_dagster_its_storage(settings)
    in_postgres = bool(settings.dagster_postgres_url.get_secret_value())
    is_made = in_postgres or (home.dagster / "history" / "runs.db").is_file()
    if not is_made or not (home.dagster / _CONFIG).is_file() or in_postgres != keeps_history_in_postgres(home):
        yield None
        return
    with DagsterInstance.from_ref(
        InstanceRef.from_dir(str(home.dagster.absolute()), overrides=_overrides(home))
    ) as one:
        yield one


def _overrides(home: Home, *, verbose: bool = False) -> dict[str, Any]:
    """What of the instance is of our own kind."""
    directory = str(home.dagster.absolute())
    overrides: dict[str, Any] = {}
    if not keeps_history_in_postgres(home):
        overrides["storage"] = _custom("storage", "KeptOpenStorage", directory)
    if not verbose:
        logs = str(Path(directory, "storage"))
        overrides["compute_logs"] = _custom("captured", "CapturedOutput", logs)["custom"]
    return overrides


def unfinished_runs(instance: DagsterInstance, home: Home) -> list[str]:
    """The ids of runs that never said how they ended: those of `osusume run`, and those whose process was killed.

    Only call it while no other `osusume run` works on this HOME.
    """
    from assets.liveruns import is_open

    ours = instance.get_runs(filters=RunsFilter(statuses=UNFINISHED, tags=dict(RUN_TAG)))
    killed = {run_id for run_id in killed_runs(home) if is_open(instance, run_id)}
    return sorted({run.run_id for run in ours} | killed)


def close_unfinished_runs(instance: DagsterInstance, home: Home) -> int:
    """Mark the runs of killed processes as failed; returns how many there were.

    Only call it while no other `osusume run` works on this HOME.
    """
    from assets.liveruns import close_killed_runs, close_run

    closed = close_killed_runs(instance, home)
    run_ids = unfinished_runs(instance, home)
    for run_id in run_ids:
        close_run(instance, run_id)
    return closed + len(run_ids)


def _custom(module: str, name: str, directory: str) -> dict[str, Any]:
    """How dagster.yaml names one of our own classes."""
    return {
        "custom": {
            "module": f"orchestration.cli.{module}",
            "class": name,
            "config": {"base_dir": directory},
        }
    }
