"""Which runs are alive in a HOME: each holds the kernel lock of a file of its own, which goes with its process.

The one rule: files come, go and are looked at only under the directory's lock, so that none is seen half made.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from warehouse.files import directory_lock, is_held, try_flock
from warehouse.home import Home

_POLL_S = 0.1


@contextmanager
def alive(home: Home, run_id: str) -> Iterator[None]:
    """Inside, the run counts as alive, for as long as this process lives."""
    directory = _directory(home)
    path = directory / run_id
    with directory_lock(directory):
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try_flock(handle)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(handle)


def killed_runs(home: Home) -> list[str]:
    """The ids of runs whose process ended before they did, sorted; `forget_killed` takes one off."""
    if not _directory(home).is_dir():
        return []
    with directory_lock(_directory(home)):
        return [path.name for path in _files(home) if not is_held(path)]


def forget_killed(home: Home, run_id: str) -> None:
    """Do not name a killed run again."""
    (_directory(home) / run_id).unlink(missing_ok=True)


@contextmanager
def none_alive(home: Home, timeout_s: float, on_wait: Callable[[list[str], float], None]) -> Iterator[None]:
    """Inside, no run is alive, and one that is started waits at its beginning until this is over.

    Args:
        home: whose runs.
        timeout_s: how long to wait for those that are.
        on_wait: told the ids of those that are waited for, and for how many seconds so far.

    Raises:
        TimeoutError: when one still is.
    """
    started = time.monotonic()
    with directory_lock(_directory(home)):
        while living := [path.name for path in _files(home) if is_held(path)]:
            waited = time.monotonic() - started
            on_wait(living, waited)
            if waited >= timeout_s:
                raise TimeoutError(living[0])
            time.sleep(_POLL_S)
        yield


def _directory(home: Home) -> Path:
    """Where the files of runs lie."""
    return home.dagster / "alive"


def _files(home: Home) -> list[Path]:
    """The file of each run, sorted by id."""
    return sorted(path for path in _directory(home).iterdir() if not path.name.startswith("."))
