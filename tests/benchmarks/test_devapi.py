"""Waiting for a server of ours ends with the server."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks.devapi import Api, Server, dev


def test_a_server_that_does_not_start_is_not_waited_for(tmp_path: Path) -> None:
    """Its exit status and the end of its log are told at once."""
    began = time.monotonic()
    refused = pytest.raises(RuntimeError, match=r"ended \(exit status 2\)(.|\n)*OSUSUME_SEED=many")
    with refused, dev(tmp_path, {"OSUSUME_SEED": "many"}):
        pytest.fail("it has not started")
    assert time.monotonic() - began < 60


def test_a_server_that_dies_is_not_waited_for(tmp_path: Path) -> None:
    """What was so before it died still counts; what is not so yet will never be."""
    log = tmp_path / "log"
    log.write_text("one line")
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    api = Api(0, Server(process, log))
    process.kill()
    process.wait()
    api.wait(lambda: True)
    with pytest.raises(RuntimeError, match=r"exit status -9\)(.|\n)*one line"):
        api.wait(lambda: False)
