"""What tests of the adapters share."""

import pytest

from tests.adapters.loopback import FakeTime


@pytest.fixture
def fake_time() -> FakeTime:
    """Seconds that pass only where somebody sleeps."""
    return FakeTime()
