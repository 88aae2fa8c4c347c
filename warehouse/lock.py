"""One writer at a time, in the order of asking, across processes and threads.

Every waiting or writing process holds one *ticket*: a file in HOME/lock/ whose kernel lock (`flock`) it keeps
as long as it waits or writes. The lowest living ticket writes. The kernel frees the lock of a process that
dies, however it dies, so a dead ticket is recognised by anybody being able to lock it, and is thrown away.
"""

import errno
import json
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

from warehouse.errors import DiskFull, LockMisuse, LockTimeout
from warehouse.files import is_held, try_flock
from warehouse.home import Home

#: Called while waiting with the seconds waited so far and who holds the lock.
OnWait = Callable[[float, str], None]

_POLL_S = 0.05
#: When who waits is told of it for the first time, and how often from then on.
FIRST_REPORT_S, REPORT_EVERY_S = 0.5, 5.0

#: What `threading.get_ident` never is.
_NO_THREAD = 0

_held: dict[Path, "WriterLock"] = {}
_open_tickets: set[int] = set()
#: Queues whose writer this process was forked by: it has a copy of the open database of each.
_forked_inside: set[Path] = set()
_registry = threading.Lock()


class WriterLock:
    """The writers' lock of one HOME, as a context manager.

    Args:
        home: whose warehouse is to be written.
        purpose: what for, in words that make sense to whoever has to wait.
        timeout_s: how long to wait for the others before giving up.
        on_wait: told about the waiting after half a second and then every five.

    Raises:
        LockTimeout: on entering, when the others did not finish in time.
        LockMisuse: on entering, when this thread already holds the lock, or the process was forked by one that held it.
        DiskFull: on entering, when there is no room even for a ticket.
    """

    #: Whether who holds it has a database open, which a fork copies and must not use.
    guards_database: ClassVar[bool] = True

    def __init__(self, home: Home, purpose: str, timeout_s: float = 600.0, on_wait: OnWait | None = None) -> None:
        self.home = home
        self.purpose = purpose
        self.timeout_s = timeout_s
        self.on_wait = on_wait
        self.thread = threading.get_ident()
        self._directory = home.lock_dir.absolute()
        self._ticket: Path | None = None
        self._handle = -1

    def __enter__(self) -> Self:
        self.thread = threading.get_ident()
        self._refuse_reentry()
        self._directory.mkdir(parents=True, exist_ok=True)
        started = time.monotonic()
        try:
            self._draw(started)
            self._wait(started)
            self._write_ticket("writes")
        except OSError as problem:
            self._give_back()
            if problem.errno != errno.ENOSPC:
                raise
            raise DiskFull(no_room(self._directory)) from problem
        except BaseException:
            self._give_back()
            raise
        with _registry:
            _held[self._directory] = self
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with _registry:
            _held.pop(self._directory, None)
        self._give_back()

    def rest(self) -> None:
        """Keep the place at the head of the queue while no thread writes."""
        self.thread = _NO_THREAD

    def go_on(self, purpose: str) -> None:
        """Write again after a rest, from this thread and for another purpose."""
        self.thread = threading.get_ident()
        self.purpose = purpose
        self._write_ticket("writes")

    def is_waited_for(self) -> bool:
        """Whether anybody has drawn a ticket after this one."""
        return len(_tickets(self._directory)) > 1

    def _refuse_reentry(self) -> None:
        """Raise at once what would otherwise be waiting for oneself, or writing through a copied connection."""
        if self._directory in _forked_inside:
            raise LockMisuse(
                f"{self.purpose!r} cannot write: this process was forked while its parent had the warehouse open, and "
                "shares the parent's connection. Start it before, or with multiprocessing's `spawn`"
            )
        with _registry:
            holder = _held.get(self._directory)
        if holder is not None and (holder is self or holder.thread == self.thread):
            raise LockMisuse(
                f"{self.purpose!r} asked for the writers' lock of {self.home.root} while the same thread "
                f"already holds it for {holder.purpose!r}; pass the open connection on instead"
            )

    def _draw(self, started: float) -> None:
        """Take the next number of the queue. It is locked before it becomes visible."""
        gate = os.open(self._directory / "gate", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            while not try_flock(gate):
                self._give_up_when_late(started, "a process that is drawing its ticket")
                time.sleep(_POLL_S)
            number = max((_number(name) for name in _tickets(self._directory)), default=0) + 1
            ticket = self._directory / f"{number:09d}-{secrets.token_hex(4)}.ticket"
            hidden = ticket.with_suffix(".drawing")
            self._handle = os.open(hidden, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o644)
            with _registry:
                _open_tickets.add(self._handle)
            try_flock(self._handle)
            self._ticket = hidden
            self._write_ticket("waits")
            hidden.rename(ticket)
            self._ticket = ticket
            _sweep_drawings(self._directory)
        finally:
            os.close(gate)

    def _wait(self, started: float) -> None:
        """Come back when every ticket before this one is gone."""
        next_report = FIRST_REPORT_S
        while (first := self._first_before()) is not None:
            waited = time.monotonic() - started
            holder = describe(first)
            if self.on_wait is not None and waited >= next_report:
                self.on_wait(waited, holder)
                next_report = waited + REPORT_EVERY_S
            self._give_up_when_late(started, holder)
            time.sleep(_POLL_S)

    def _first_before(self) -> Path | None:
        """The living ticket at the head of the queue; None when it is this one's turn."""
        mine = self._ticket.name if self._ticket else ""
        for name in _tickets(self._directory):
            if name >= mine:
                return None
            ticket = self._directory / name
            if is_held(ticket):
                return ticket
            ticket.unlink(missing_ok=True)
        return None

    def _give_up_when_late(self, started: float, holder: str) -> None:
        """Raise LockTimeout, with what to do, once the time allowed for waiting is over."""
        waited = time.monotonic() - started
        if waited >= self.timeout_s:
            raise LockTimeout(
                f"{self.purpose!r} waited {waited:.0f} s for the writers' lock of "
                f"{self.home.warehouse_file}, which is held by {holder}. Wait until it is done and try again, or end "
                "that process: the lock is freed with it, no file needs to be deleted. Longer waits are allowed by "
                f"OSUSUME_LOCK_TIMEOUT, which is {self.timeout_s:.0f} s"
            )

    def _write_ticket(self, state: str) -> None:
        """Say in the ticket who this is, so that those behind can tell whom they wait for."""
        words = {
            "purpose": self.purpose,
            "pid": os.getpid(),
            "thread": threading.current_thread().name,
            "host": socket.gethostname(),
            "state": state,
            "since": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        content = json.dumps(words).encode()
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, content, 0)

    def _give_back(self) -> None:
        """Leave the queue; the unlocking comes last, so that nobody mistakes the ticket for a dead one."""
        if self._handle < 0:
            return
        if self._ticket is not None:
            self._ticket.unlink(missing_ok=True)
        with _registry:
            _open_tickets.discard(self._handle)
        os.close(self._handle)
        self._handle, self._ticket = -1, None


def still_waiting(seconds: float, holder: str) -> str:
    """What to say while a writer waits."""
    return f"waited {seconds:.0f} s so far for {holder}"


def no_room(place: Path | str) -> str:
    """What to say, and to do, about a full disk."""
    return (
        f"there is no room left where {place} lies. Make room and run again: nothing is damaged, and what was begun "
        "is cleaned up by the next writer"
    )


def queue(home: Home) -> list[str]:
    """Who writes the warehouse now, and then who waits for it in turn, in words; [] when nobody does."""
    directory = home.lock_dir
    return [describe(directory / name) for name in _tickets(directory) if is_held(directory / name)]


def describe(ticket: Path) -> str:
    """Who a ticket belongs to, in words: purpose, process, host and since when."""
    try:
        words = json.loads(ticket.read_text())
        since = datetime.fromisoformat(words["since"])
        seconds = max(0, int((datetime.now(UTC) - since).total_seconds()))
        return (
            f"{words['purpose']!r} (process {words['pid']} on {words['host']}, "
            f"{words['state']} since {since:%Y-%m-%d %H:%M:%S} UTC, {seconds} s)"
        )
    except (OSError, ValueError, KeyError):
        # The ticket was just given back, or is being rewritten at this moment.
        return "a process that is just changing its ticket"


def _tickets(directory: Path) -> list[str]:
    """The names of all tickets, first in the queue first."""
    return sorted(ticket.name for ticket in directory.glob("*.ticket"))


def _number(name: str) -> int:
    """A ticket's place in the queue."""
    return int(name.partition("-")[0])


def _sweep_drawings(directory: Path) -> None:
    """Throw away tickets whose process died while drawing; only called inside the gate."""
    for drawing in directory.glob("*.drawing"):
        drawing.unlink(missing_ok=True)


def _forget_after_fork() -> None:
    """A forked child owns nothing of its parent's: keeping the tickets open would keep the lock."""
    global _registry
    _registry = threading.Lock()
    _forked_inside.update(queue for queue, lock in _held.items() if lock.guards_database)
    for handle in _open_tickets:
        with suppress(OSError):
            os.close(handle)
    _open_tickets.clear()
    _held.clear()


os.register_at_fork(after_in_child=_forget_after_fork)
