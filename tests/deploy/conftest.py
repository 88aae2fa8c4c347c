"""What the tests of the production set-up share: a PostgreSQL server, and none of the developer's own settings."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from orchestration.cli import main
from tests.deploy.server import Server, running


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """One server for all tests of a process."""
    with running() as started:
        yield started


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty working directory, and no variable of ours or of Dagster's, whatever a test itself may set."""
    for name in os.environ:
        if name.startswith(("OSUSUME_", "DAGSTER_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("OSUSUME_DAGSTER_POSTGRES_URL", "")
    empty = tmp_path / "cwd"
    empty.mkdir()
    monkeypatch.chdir(empty)


@pytest.fixture
def osusume(capfd: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """A function that calls the command line in this process; exit status, stdout and stderr."""

    def call(*words: str | Path) -> tuple[int, str, str]:
        capfd.readouterr()
        try:
            status = main([str(word) for word in words])
        except SystemExit as exit_:
            status = int(exit_.code or 0)
        written = capfd.readouterr()
        return status, written.out, written.err

    return call


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """A function that sets the address of the history of runs."""
    return lambda address: monkeypatch.setenv("OSUSUME_DAGSTER_POSTGRES_URL", address)
