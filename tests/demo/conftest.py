"""What the tests of this room share: worlds and the recordings of one, made once."""

import gzip
import json
from pathlib import Path
from typing import NamedTuple

import pytest

from demo.defects import Defect
from demo.recordings import write_recordings
from demo.world import World, make_world


class Recorded(NamedTuple):
    """A recordings directory, the world it tells and the bad rows it was given."""

    directory: Path
    world: World
    defects: list[Defect]

    def lines(self, path: str) -> list[str]:
        """The lines of one gzip file of the directory."""
        return gzip.decompress((self.directory / path).read_bytes()).decode().splitlines()

    def records(self, source: str) -> list[dict]:
        """The good records of a source's catalogue."""
        path = f"catalogue/{source}/anime.jsonl.gz"
        bad = {defect.line for defect in self.defects if defect.path == path}
        return [json.loads(text) for line, text in enumerate(self.lines(path), start=1) if line not in bad]


@pytest.fixture(scope="session")
def default_world() -> World:
    """The world that `osusume run` makes: the default sizes and seed."""
    return make_world()


@pytest.fixture(scope="session")
def small_world() -> World:
    """A world that takes a fraction of a second."""
    return make_world(7, anime=600, users=300, ratings=12_000)


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory, small_world: World) -> Recorded:
    """The recordings of the small world."""
    directory = tmp_path_factory.mktemp("demo") / "recordings"
    return Recorded(directory, small_world, write_recordings(directory, small_world))
