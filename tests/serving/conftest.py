"""What the tests of this room share: one published small world, which nobody can change."""

from collections.abc import Iterator

import pytest

from serving.reader import Reader, open_reader
from serving.titles import TitleIndex
from tests.serving.small_world import publish_small_world
from warehouse.connection import Warehouse


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The warehouse of the small world."""
    return publish_small_world(tmp_path_factory.mktemp("small") / "home")


@pytest.fixture
def reader(warehouse: Warehouse) -> Iterator[Reader]:
    """A reader of the small world."""
    with open_reader(warehouse) as opened:
        yield opened


@pytest.fixture
def index(reader: Reader) -> TitleIndex:
    """The titles of the small world."""
    return TitleIndex(reader.titles())
