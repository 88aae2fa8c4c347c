"""The warehouse's file left open between two writings of one process, for as long as nobody else asks for it.

Opening and closing costs DuckDB some 40 ms: an instance, the catalogue of every table, a checkpoint. A run writes a
hundred and fifty times, mostly in steps that follow one another at once. What is left open still has its place at the
head of the queue; it is closed when somebody comes to wait behind it, when nobody here has used it for a moment (a
model is being taught, or a service asked), and before the process forks. What was written is in the file by then: a
checkpoint follows every writing, as it does where the file is closed.
"""

import os
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb

from warehouse.home import Home
from warehouse.lock import WriterLock

#: How often it is looked whether somebody waits.
_POLL_S = 0.05


@dataclass
class OpenFile:
    """The warehouse's file, open, in its turn of the queue.

    Attributes:
        lock: the place at the head of the queue.
        base: the connection that keeps the file open; each writing has a cursor of it.
        settings: DuckDB's, with which it was opened.
        closing: what closes the file and then gives the turn back.
    """

    lock: WriterLock
    base: duckdb.DuckDBPyConnection
    settings: Mapping[str, str]
    closing: ExitStack

    def close(self) -> None:
        """Close the file, then let the next in the queue write."""
        self.closing.close()


class Keeper:
    """One HOME's file between two writings of this process; `None` inside = it is closed, or in use."""

    def __init__(self, unused_s: float) -> None:
        self.users = 0
        self._unused_s = unused_s
        self._mutex = threading.Lock()
        self._left: OpenFile | None = None
        self._since = 0.0
        self._ended = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="warehouse keeper", daemon=True)
        self._watcher.start()

    def take(self, purpose: str, settings: Mapping[str, str]) -> OpenFile | None:
        """What was left open, for this thread to write with; None = the file has to be opened."""
        with self._mutex:
            left, self._left = self._left, None
        if left is None:
            return None
        try:
            if left.settings == settings and not left.lock.is_waited_for():
                # Without room for a line in the ticket, whoever opens the file says so.
                with suppress(OSError):
                    left.lock.go_on(purpose)
                    return left
        except BaseException:
            # Nobody else has it any more: an interrupt must not leave the turn with this process for good.
            left.close()
            raise
        left.close()
        return None

    def leave(self, opened: OpenFile) -> None:
        """Keep what a writer is done with, or close it where somebody waits for it."""
        if not opened.lock.is_waited_for() and _taken_over(opened.base):
            opened.lock.rest()
            with self._mutex:
                if not self._ended.is_set():
                    self._left, self._since = opened, time.monotonic()
                    return
        opened.close()

    def let_go(self) -> None:
        """Close what was left open."""
        with self._mutex:
            left, self._left = self._left, None
            if left is not None:
                left.close()

    def end(self) -> None:
        """Close what was left open, and keep nothing from now on."""
        self._ended.set()
        self._watcher.join()
        self.let_go()

    def _watch(self) -> None:
        """Close what is left open once somebody waits for it, or it has not been used for a while."""
        while not self._ended.wait(_POLL_S):
            left = self._left
            if left is not None and (time.monotonic() - self._since > self._unused_s or left.lock.is_waited_for()):
                self.let_go()


def _taken_over(base: duckdb.DuckDBPyConnection) -> bool:
    """Whether what was committed could be taken over into the file: there may be no room.

    It is safe beside the file then, in its log; the next one to open it tries again, or says why it cannot.
    """
    try:
        base.execute("checkpoint")
    except duckdb.Error:
        return False
    return True


_keepers: dict[Path, Keeper] = {}
_registry = threading.Lock()


@contextmanager
def kept_open(home: Home, unused_s: float = 0.5) -> Iterator[None]:
    """Inside, what writers of this HOME are done with is left open for the next one of this process.

    Args:
        home: the HOME.
        unused_s: how long it stays open without a writer; the outermost of several says it.
    """
    place = home.lock_dir.absolute()
    with _registry:
        if place not in _keepers:
            _keepers[place] = Keeper(unused_s)
        keeper = _keepers[place]
        keeper.users += 1
    try:
        yield
    finally:
        with _registry:
            keeper.users -= 1
            if keeper.users == 0:
                _keepers.pop(place, None)
                keeper.end()


def keeper_of(home: Home) -> Keeper | None:
    """Who keeps this HOME's file open in this process; None = nobody does."""
    return _keepers.get(home.lock_dir.absolute())


def _close_before_fork() -> None:
    """A fork would copy the open file, and what it has of it is of no use to anybody."""
    for keeper in list(_keepers.values()):
        keeper.let_go()


def _forget_after_fork() -> None:
    """The watchers did not come along."""
    global _registry
    _registry = threading.Lock()
    _keepers.clear()


os.register_at_fork(before=_close_before_fork, after_in_child=_forget_after_fork)
