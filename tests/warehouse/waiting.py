"""Waiting for what another process or thread does."""

import time
from collections.abc import Callable

import pytest


def eventually(holds: Callable[[], bool]) -> None:
    """Wait until something holds; fails the test after a generous while."""
    for _ in range(1500):
        if holds():
            return
        time.sleep(0.02)
    pytest.fail("it did not happen within 30 s")
