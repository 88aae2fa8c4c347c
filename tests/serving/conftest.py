"""What the tests of this room share: two published small worlds, which nobody can change."""

from collections.abc import Iterator

import pytest

from serving.identities import IdentityReader, open_identities
from serving.reader import Reader, open_reader
from serving.titles import TitleIndex
from tests.serving.identity_world import publish_identity_world
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


@pytest.fixture(scope="session")
def identity_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The warehouse of the world of catalogue records."""
    return publish_identity_world(tmp_path_factory.mktemp("identity") / "home")


@pytest.fixture
def identities(identity_warehouse: Warehouse) -> Iterator[IdentityReader]:
    """A reader of the world of catalogue records."""
    with open_identities(identity_warehouse) as opened:
        yield opened
