"""Commands of `osusume` in processes of their own, forked from one that has imported the libraries already.

Starting Python and importing Dagster, Great Expectations and scikit-learn takes longer than most of what a tiny run
does then; `python -m orchestration` itself is started by tests/test_contention.py and tests/orchestration.
"""

import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import TypeAlias

from orchestration import cli
from tests.orphans import end_with_parent

Program: TypeAlias = Callable[[list[str]], int]

#: Runs teach two models and keep no experiments: that the others learn is tested in tests/recommenders, and MLflow in
#: tests/assets/test_tracking.py; here they only take time.
SETTINGS = {"OSUSUME_MODELS": "popularity,item_knn", "OSUSUME_MLFLOW_URI": "off"}
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.end_to_end.preloaded"])


def finished(words: list[str], settings: Mapping[str, str] = SETTINGS) -> subprocess.CompletedProcess[str]:
    """The command come to its end under these settings of the project."""
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        process = started(words, settings, out, err)
        process.join()
        return subprocess.CompletedProcess(words, process.exitcode or 0, out.read_text(), err.read_text())


def killed(words: list[str], mark: str, meanwhile: Callable[[], None]) -> str:
    """A command that is stopped when a line of its messages holds `mark`, and then killed; returns the messages.

    Args:
        words: what stands after `osusume`.
        mark: what is waited for.
        meanwhile: called while the command stands still in the middle of its work.
    """
    told = []
    with tempfile.TemporaryDirectory() as folder:
        pipe = Path(folder, "err")
        os.mkfifo(pipe)
        process = started(words, SETTINGS, Path(os.devnull), pipe)
        with pipe.open(encoding="utf-8") as lines:
            for line in lines:
                told.append(line)
                if mark in line and process.pid is not None:
                    os.kill(process.pid, signal.SIGSTOP)
                    meanwhile()
                    process.kill()
        process.join()
    assert process.exitcode == -signal.SIGKILL, "".join(told)
    return "".join(told)


def started(
    words: list[str], settings: Mapping[str, str], out: Path, err: Path, program: Program = cli.main
) -> ForkServerProcess:
    """The command, or another program, in a process with this one's environment but for these settings of ours."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OSUSUME_")}
    given = (program, words, str(out), str(err), {**environment, **settings}, str(Path.cwd()))
    process = _FORKS.Process(target=_run, args=given, daemon=True)
    process.start()
    return process


def _run(program: Program, words: list[str], out: str, err: str, environment: dict[str, str], directory: str) -> None:
    """In the new process: the command, as a shell would run it, for as long as the tests are there."""
    end_with_parent()
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(directory)
    for path, descriptor in ((out, 1), (err, 2)):
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(opened, descriptor)
        os.close(opened)
    sys.exit(program(words))
