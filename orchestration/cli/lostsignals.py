"""Ctrl-C that Python loses: what a signal's handler raises inside a finalizer is printed and forgotten.

A step that imports much, or whose garbage is collected, spends long in finalizers: two of ten interrupts were lost.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

_ENDING = (signal.SIGINT, signal.SIGTERM)
#: More signals than anybody sends between two questions.
_MOST = 4096


@contextmanager
def noticed_signals() -> Iterator[Callable[[], bool]]:
    """Inside, the function given tells whether the process was asked to end since it was last called.

    Python writes down each signal before it calls the handler. In other threads than the main one, which cannot ask
    for that, the function knows of none.
    """
    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    os.set_blocking(writing, False)

    def was_asked_to_end() -> bool:
        with suppress(BlockingIOError):
            return any(number in _ENDING for number in os.read(reading, _MOST))
        return False

    before = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    try:
        yield was_asked_to_end
    finally:
        signal.set_wakeup_fd(before)
        os.close(reading)
        os.close(writing)
