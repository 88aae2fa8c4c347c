"""Messages to people: nobody has to read them, and the work is done all the same."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.cli.console import Console
from orchestration.cli.execute import execute
from orchestration.cli.instance import open_instance
from tests.orchestration.cli.toy import toy_definitions
from warehouse.home import Home

ROOT = Path(__file__).parents[3]


def test_a_run_whose_messages_nobody_reads_comes_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`osusume run 2>&1 | head -1`: the first line that cannot be written is the last that is tried."""
    read, write = os.pipe()
    with os.fdopen(write, "w") as unread, monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", unread)
        console = Console()
    os.close(read)
    with open_instance(Home(tmp_path)) as instance:
        outcome = execute(toy_definitions(), instance, console, job_name="refresh_all", resources={})
    assert outcome.succeeded
    assert outcome.materialised == {"first", "second", "third", "twin_one", "twin_two"}
    console.say("nobody hears this either")


def test_what_was_done_and_not_read_has_its_status_all_the_same(tmp_path: Path) -> None:
    """Doctor finds that HOME cannot be; whoever called it reads nothing of that but the exit status."""
    (tmp_path / "file").write_text("x")
    command = [sys.executable, "-m", "orchestration", "doctor", "--home", str(tmp_path / "file" / "home")]
    read, write = os.pipe()
    os.close(read)
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    done = subprocess.run(command, cwd=ROOT, env=buffered, stdout=write, stderr=write, check=False)
    os.close(write)
    assert done.returncode == 1
