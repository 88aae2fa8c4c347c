"""One `osusume run` at a time in one HOME: a second one waits, and then mostly finds nothing new."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from orchestration.cli.console import Console, seconds
from orchestration.errors import RunError
from warehouse.files import is_held, try_flock
from warehouse.home import Home

_POLL_S = 0.1
_FIRST_REPORT_S = 0.5
_REPORT_EVERY_S = 10.0


@contextmanager
def run_lock(home: Home, console: Console, timeout_s: float, command: str = "run") -> Iterator[None]:
    """The right to run in this HOME, freed by the kernel if the process dies.

    It keeps two runs from building on each other's half-finished tables; single tables are guarded by the
    writers' queue, which runs of the UI use as well.

    Args:
        home: whose.
        console: told whom the waiting is for.
        timeout_s: how long to wait.
        command: of `osusume`, for those who wait in turn.

    Raises:
        RunError: when the run before did not finish in time.
    """
    path = lock_file(home)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        _wait(handle, path, console, timeout_s)
        since = datetime.now(UTC).isoformat(timespec="seconds")
        words = {"command": command, "pid": os.getpid(), "since": since}
        os.ftruncate(handle, 0)
        os.pwrite(handle, json.dumps(words).encode(), 0)
        yield
    finally:
        os.close(handle)


def lock_file(home: Home) -> Path:
    """The file whose kernel lock a run holds."""
    return home.dagster / "run.lock"


def running(home: Home) -> str | None:
    """Who runs in this HOME now, in words; None when nobody does."""
    path = lock_file(home)
    return _holder(path) if is_held(path) else None


def _wait(handle: int, path: Path, console: Console, timeout_s: float) -> None:
    """Come back with the lock, telling the user now and then whom the waiting is for."""
    started = time.monotonic()
    next_report = _FIRST_REPORT_S
    while not try_flock(handle):
        waited = time.monotonic() - started
        if waited >= timeout_s:
            raise RunError(
                f"{_holder(path)} is still running in this HOME after {seconds(waited)}. Let it finish, or "
                "end it; OSUSUME_LOCK_TIMEOUT is how long to wait, in seconds"
            )
        if waited >= next_report:
            console.say(f"waiting for {_holder(path)} to finish ({seconds(waited)})")
            next_report = waited + _REPORT_EVERY_S
        time.sleep(_POLL_S)


def _holder(path: Path) -> str:
    """The process that wrote the file, in words."""
    try:
        words = json.loads(path.read_text())
        since = datetime.fromisoformat(words["since"])
        return f"`osusume {words['command']}` (process {words['pid']}, since {since:%Y-%m-%d %H:%M:%S} UTC)"
    except (OSError, ValueError, KeyError):
        # It has the lock but has not yet said who it is.
        return "another command"
