"""Python's search for garbage, put off while there can be none worth finding."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_garbage_search() -> Iterator[None]:
    """Put off the search for unreachable cycles until the block or the decorated function is done.

    Matching makes millions of small objects that live nearly as long as it runs. Python would walk through all of them
    time and again, the longer the more there are, and find nothing; what is dropped is freed all the same.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
