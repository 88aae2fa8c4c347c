"""What the tests of the command line share: a published small world and a way to call commands."""

import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestration.cli import main
from tests.assets.model_world import make_model_world, materialize
from tests.serving.identity_world import publish_identity_world
from tests.serving.small_world import publish_small_world


@dataclass(frozen=True)
class Called:
    """What one command wrote, and its exit status."""

    status: int
    out: str
    err: str


@pytest.fixture(scope="session")
def small_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A HOME with the small world published."""
    root = tmp_path_factory.mktemp("small") / "home"
    publish_small_world(root)
    return root


@pytest.fixture(scope="session")
def identity_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A HOME with the world of catalogue records published."""
    root = tmp_path_factory.mktemp("identity") / "home"
    publish_identity_world(root)
    return root


@pytest.fixture(scope="module")
def rated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A HOME of each file's own with the lists of sixty users, without times."""
    root = tmp_path_factory.mktemp("rated") / "home"
    materialize(make_model_world(root), ("training_data",))
    return root


@pytest.fixture
def osusume(capfd: pytest.CaptureFixture[str]) -> Callable[..., Called]:
    """A function that calls the command line in this process."""

    def call(*words: str | Path) -> Called:
        capfd.readouterr()
        try:
            status = main([str(word) for word in words])
        except SystemExit as exit_:
            status = int(exit_.code or 0)
        written = capfd.readouterr()
        return Called(status, written.out, written.err)

    return call


def heed_ctrl_c() -> None:
    """A suite in the background of a shell hands down an ignored SIGINT; whoever is at a terminal does not."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
