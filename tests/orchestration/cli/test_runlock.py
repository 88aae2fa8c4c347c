"""One `osusume run` at a time in one HOME."""

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from orchestration.cli.console import Console
from orchestration.cli.runlock import lock_file, run_lock, running
from orchestration.errors import RunError
from warehouse.home import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty HOME."""
    return Home(tmp_path / "home")


def test_who_runs_can_be_asked(home: Home) -> None:
    """Nobody before and after, this process in between."""
    assert running(home) is None
    with run_lock(home, Console(), 1, "backfill"):
        said = running(home)
        assert said is not None
        assert said.startswith(f"`osusume backfill` (process {os.getpid()}, since 20")
    assert running(home) is None


def test_a_second_run_waits_for_the_first(home: Home, capfd: pytest.CaptureFixture[str]) -> None:
    """It says whom it waits for, and goes on when the first is done."""
    order: list[str] = []

    def first() -> None:
        with run_lock(home, Console(), 30):
            holds.set()
            done.wait()
            order.append("first")

    holds, done = threading.Event(), threading.Event()
    thread = threading.Thread(target=first)
    thread.start()
    holds.wait()
    threading.Timer(0.8, done.set).start()
    with run_lock(home, Console(), 30):
        order.append("second")
    thread.join()
    assert order == ["first", "second"]
    assert "waiting for `osusume run` (process" in capfd.readouterr().err


def test_a_run_that_takes_too_long_is_given_up_on(home: Home) -> None:
    """The message names the setting."""
    with run_lock(home, Console(), 1):  # noqa: SIM117 - the second is to fail inside the first
        with pytest.raises(RunError, match="OSUSUME_LOCK_TIMEOUT"), run_lock(home, Console(), 0.3):
            pass


def test_a_killed_run_leaves_no_lock(home: Home) -> None:
    """The kernel frees it."""
    child = os.fork()
    if child == 0:
        with run_lock(home, Console(), 1):
            signal.pause()
    while running(home) is None:
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with run_lock(home, Console(), 0):
        assert lock_file(home).is_file()
