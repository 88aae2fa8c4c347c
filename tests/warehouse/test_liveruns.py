"""Which runs are alive, by the locks of their processes."""

import threading
import time
from pathlib import Path

import pytest

from warehouse.home import Home
from warehouse.liveruns import alive, forget_killed, killed_runs, none_alive


def test_a_run_is_alive_for_its_length_and_leaves_nothing(tmp_path: Path) -> None:
    """Neither alive nor killed is what ended by itself."""
    home = Home(tmp_path)
    assert killed_runs(home) == []
    with alive(home, "one"):
        assert killed_runs(home) == []
        with pytest.raises(TimeoutError, match="one"), none_alive(home, 0, lambda *_: None):
            pass
    assert killed_runs(home) == []
    with none_alive(home, 0, lambda *_: None):
        pass


def test_a_file_that_nobody_holds_is_of_a_killed_run_until_it_is_forgotten(tmp_path: Path) -> None:
    """It keeps nobody waiting."""
    home = Home(tmp_path)
    with alive(home, "living"):
        (home.dagster / "alive" / "killed").touch()
        assert killed_runs(home) == ["killed"]
        forget_killed(home, "killed")
        assert killed_runs(home) == []


def test_a_run_begins_only_after_what_must_be_alone(tmp_path: Path) -> None:
    """And what must be alone waits for the runs that are alive, telling whom for."""
    home = Home(tmp_path)
    events: list[str] = []
    began = threading.Event()

    def run(name: str, length_s: float) -> None:
        with alive(home, name):
            began.set()
            time.sleep(length_s)
            events.append(name)

    first = threading.Thread(target=run, args=("first", 0.3))
    first.start()
    began.wait(10)
    told: list[list[str]] = []
    with none_alive(home, 10, lambda living, _: told.append(living)):
        second = threading.Thread(target=run, args=("second", 0))
        second.start()
        time.sleep(0.2)
        events.append("alone")
    first.join()
    second.join()
    assert events == ["first", "alone", "second"]
    assert told[0] == ["first"]
