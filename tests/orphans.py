"""Helpers that do not outlive the suite or benchmark that started them, and what tells whether they did."""

import multiprocessing
from pathlib import Path

from orchestration.cli.parent import kill_when


def end_with_parent() -> None:
    """In a process of `multiprocessing`: end with the one that asked for it, which is not the one that forked it.

    A fork server lives as long as anybody it forked, so its children would keep one another alive.
    """
    parent = multiprocessing.parent_process()
    if parent is not None:
        kill_when(lambda: not parent.is_alive())


def working_for(place: Path) -> set[int]:
    """The processes at work whose environment or command line names the place (Linux)."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            told = (process / "environ").read_bytes() + (process / "cmdline").read_bytes()
        except OSError:  # it has ended, or is somebody else's
            continue
        if str(place).encode() in told:
            found.add(int(process.name))
    return found
