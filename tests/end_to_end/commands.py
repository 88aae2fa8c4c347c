"""Commands of `osusume` in processes of their own, forked from one that has imported the libraries already.

Starting Python and importing Dagster, Great Expectations and scikit-learn takes longer than most of what a tiny run
does then; `python -m orchestration` itself is started by tests/test_live.py and tests/orchestration.
"""

import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from multiprocessing.context import ForkServerProcess
from pathlib import Path

#: Runs teach two models: that the others learn is tested in tests/recommenders, and they only take time here.
SETTINGS = {"OSUSUME_MODELS": "popularity,item_knn"}
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.end_to_end.preloaded"])


def finished(words: list[str]) -> subprocess.CompletedProcess[str]:
    """The command, come to its end."""
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        process = _started(words, out, err)
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
        process = _started(words, Path(os.devnull), pipe)
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


def _started(words: list[str], out: Path, err: Path) -> ForkServerProcess:
    """The command in a process that has this one's environment, with our settings for those of the project."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OSUSUME_")} | SETTINGS
    process = _FORKS.Process(target=_run, args=(words, str(out), str(err), environment, str(Path.cwd())), daemon=True)
    process.start()
    return process


def _run(words: list[str], out: str, err: str, environment: dict[str, str], directory: str) -> None:
    """In the new process: the command, as `python -m orchestration` runs it."""
    from orchestration.cli import main

    os.environ.clear()
    os.environ.update(environment)
    os.chdir(directory)
    for path, descriptor in ((out, 1), (err, 2)):
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(opened, descriptor)
        os.close(opened)
    sys.exit(main(words))
