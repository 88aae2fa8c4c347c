"""What the tests of the SQL files share."""

from collections.abc import Iterator

import pytest

from tests.sql.building import Workshop


@pytest.fixture
def shop() -> Iterator[Workshop]:
    """An empty warehouse in memory."""
    workshop = Workshop()
    yield workshop
    workshop.con.close()
