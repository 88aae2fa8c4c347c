"""What the suite starts does not outlive it."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.end_to_end.commands import _FORKS, started
from tests.orphans import working_for

WITHIN_S = 60


def rest(words: list[str]) -> int:
    """A program that says that it has begun, and then takes its time."""
    Path(words[0]).touch()
    time.sleep(600)
    return 0


def start_and_wait(place: Path) -> None:
    """What a test does with a command, in a process of its own; nothing has to be at hand for this one."""
    _FORKS.set_forkserver_preload([])
    started([str(place / "begun")], {}, place / "out", place / "err", rest).join()


@pytest.mark.skipif(sys.platform != "linux", reason="looks at processes as Linux shows them")
def test_a_command_ends_with_the_suite_that_was_killed(tmp_path: Path) -> None:
    """The fork server between them, which its children keep alive, goes as well."""
    code = f"from pathlib import Path; from tests.test_orphans import *; start_and_wait(Path({str(tmp_path)!r}))"
    suite = subprocess.Popen([sys.executable, "-c", code], env={**os.environ, "PLACE": str(tmp_path)})
    until = time.monotonic() + WITHIN_S
    while not (tmp_path / "begun").exists():
        assert suite.poll() is None
        assert time.monotonic() < until
        time.sleep(0.1)
    assert len(working_for(tmp_path)) >= 3, "the suite, the fork server and the command"
    suite.kill()
    suite.wait()
    while left := working_for(tmp_path):
        assert time.monotonic() < until, left
        time.sleep(0.1)
