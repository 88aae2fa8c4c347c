"""Processes that end with the one that started them, however that one ends."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable

_LOOK_EVERY_S = 1.0


def end_with(parent: int) -> None:
    """Have this process killed within a second after the process that started it is gone.

    A kill needs no repair, and whoever is gone can neither be told anything nor answer any more: the stand-in services
    of the demo lived in that process.

    Args:
        parent: its number, as it gave it: it may be gone already.
    """
    kill_when(lambda: is_gone(parent))


def is_gone(parent: int) -> bool:
    """Whether the process that started this one, and gave its number, is gone; another may have that number by now."""
    return os.getppid() != parent


def kill_when(is_over: Callable[[], bool]) -> None:
    """Kill this process when it is over, looking every second."""

    def look() -> None:
        while not is_over():
            time.sleep(_LOOK_EVERY_S)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=look, daemon=True, name="ends with its parent").start()
