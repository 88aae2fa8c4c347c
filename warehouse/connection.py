"""Who may open which DuckDB file: writers one after the other, readers only what was published.

The one rule: nobody ever sees DuckDB's own "Could not set lock on file".
"""

import re
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from warehouse.errors import DiskFull, LockTimeout, NothingPublished, WarehouseError, WarehouseFileError
from warehouse.home import Home
from warehouse.interrupts import interrupts_kept
from warehouse.keeping import OpenFile, keeper_of
from warehouse.lock import FIRST_REPORT_S, REPORT_EVERY_S, OnWait, WriterLock, no_room
from warehouse.names import quote_literal
from warehouse.schema import prepare

#: How a foreign program (say, the DuckDB shell) that has the file open shows up in DuckDB's message.
_FOREIGN_LOCK = "Could not set lock on file"
#: Where that message names the program.
_HOLDER = re.compile(r"held in (?P<program>.+? \(PID \d+\))")
#: How a full disk shows up in DuckDB's message.
_NO_ROOM = "No space left on device"
_RETRY_S = 0.2
#: Of every connection. To DuckDB a program without a file of its own, as the processes of Dagster's runs are, is a
#: person at a prompt, for whom it draws a bar into the output whenever a query takes two seconds.
_SESSION = "set timezone = 'UTC'; set enable_progress_bar = false"


@dataclass(frozen=True)
class Warehouse:
    """The way to one HOME's DuckDB files.

    Attributes:
        home: the HOME whose warehouse this is.
        lock_timeout_s: how long a writer waits for the writers before it.
        memory_limit: what DuckDB may use before it spills to disk, e.g. `1500MB`.
        threads: DuckDB's threads; None = one for each core.
        keep_snapshots: how many snapshots are kept beside the current one.
        on_wait: told while a writer waits: seconds so far, and who holds the lock.
    """

    home: Home
    lock_timeout_s: float = 600.0
    memory_limit: str = "1500MB"
    threads: int | None = None
    keep_snapshots: int = 3
    on_wait: OnWait | None = None

    @contextmanager
    def writer(self, purpose: str) -> Iterator[duckdb.DuckDBPyConnection]:
        """The warehouse file for this process alone, waited for in turn and closed in every case but in `kept_open`.

        Schemas, quality tables and raw tables exist when it is handed over. Never hold it across a network
        call or a training.

        Raises:
            LockTimeout: when the writers before did not finish in time.
            LockMisuse: when this thread already writes.
            WarehouseFileError: when the file is no DuckDB file this version can read.
            DiskFull: when there is no room to write.
        """
        keeper = keeper_of(self.home)
        opened = (keeper and keeper.take(purpose, self._limits())) or self._open_file(purpose)
        try:
            with self._full_disk_named(), opened.base.cursor() as con, interrupts_kept(con):
                con.execute(_SESSION)
                yield con
            if keeper is not None:
                with interrupts_kept(opened.base):
                    keeper.leave(opened)
        except BaseException:
            opened.close()
            raise
        if keeper is None:
            opened.close()

    @contextmanager
    def reader(self, snapshot: Path | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
        """The published snapshot as of now, read-only: a query can neither read nor write any file.

        It stays whole while it is open, whatever is published meanwhile.

        Args:
            snapshot: the file of another kept snapshot, as `snapshots.find_version` gives it.

        Raises:
            NothingPublished: when there is no snapshot yet.
            WarehouseFileError: when the snapshot cannot be opened.
        """
        with open_snapshot(snapshot or self.home.snapshot, self._limits()) as con:
            yield con

    def _limits(self) -> dict[str, str]:
        """DuckDB's settings for memory and threads.

        A misspelt table must be an error, not some Python variable of that name: replacements are off.
        """
        limits = {"memory_limit": self.memory_limit, "python_enable_replacements": "false"}
        return limits if self.threads is None else limits | {"threads": str(self.threads)}

    @contextmanager
    def _full_disk_named(self) -> Iterator[None]:
        """Inside, DuckDB's error for a full disk is ours."""
        try:
            yield
        except (duckdb.Error, WarehouseError) as problem:
            if _NO_ROOM in str(problem):
                raise DiskFull(no_room(self.home.warehouse_file)) from problem
            raise

    def _open_file(self, purpose: str) -> OpenFile:
        """Wait for this writer's turn, then open the file and make what every writer finds there."""
        started = time.monotonic()
        with ExitStack() as closing:
            lock = closing.enter_context(WriterLock(self.home, purpose, self.lock_timeout_s, self.on_wait))
            base = self._connect(purpose, started)
            closing.callback(base.close)
            with self._full_disk_named(), base.cursor() as con, interrupts_kept(con):
                prepare(con)
            return OpenFile(lock, base, self._limits(), closing.pop_all())

    def _connect(self, purpose: str, started: float) -> duckdb.DuckDBPyConnection:
        """Open the file, waiting also for programs that do not know our queue."""
        path = self.home.warehouse_file
        settings: dict[str, str] = self._limits() | {"autoinstall_known_extensions": "false"}
        next_report = FIRST_REPORT_S
        while True:
            try:
                con = duckdb.connect(str(path), config=dict(settings))
                # What a killed writer had spilled to disk; this one has spilled nothing yet.
                shutil.rmtree(f"{path}.tmp", ignore_errors=True)
                return con
            except duckdb.Error as problem:
                if _NO_ROOM in str(problem):
                    raise DiskFull(no_room(path)) from problem
                if _FOREIGN_LOCK not in str(problem):
                    raise WarehouseFileError(_unreadable(path, problem)) from problem
                waited = time.monotonic() - started
                holder = _foreign_program(problem)
                if waited >= self.lock_timeout_s:
                    raise LockTimeout(
                        f"{purpose!r} waited {waited:.0f} s for {path}, which is open in {holder}. "
                        "Close that program; to look at the tables, open the published snapshot instead"
                    ) from problem
                if self.on_wait is not None and waited >= next_report:
                    self.on_wait(waited, holder)
                    next_report = waited + REPORT_EVERY_S
                time.sleep(_RETRY_S)


@contextmanager
def open_snapshot(path: Path, settings: dict[str, str]) -> Iterator[duckdb.DuckDBPyConnection]:
    """One snapshot file, attached read-only and locked down.

    It is attached to a fresh in-memory instance rather than opened: DuckDB shares the instance of a path
    inside a process, so that while one reader has the old snapshot open, a second one opening the same path
    would be given the old one too, and would have to use the first one's settings.

    Raises:
        NothingPublished: when the file does not exist.
        WarehouseFileError: when DuckDB cannot open it.
    """
    con = duckdb.connect(":memory:", config=dict(settings))
    try:
        try:
            con.execute(f"attach {quote_literal(str(path))} as osusume (read_only)")
        except duckdb.Error as problem:
            if not path.is_file():
                raise NothingPublished(
                    f"nothing has been published yet: {path} does not exist. "
                    f"Run `osusume run --home {path.parent.parent}` first"
                ) from problem
            raise WarehouseFileError(_unreadable(path, problem)) from problem
        con.execute("use osusume")
        # In this order: once the configuration is locked, nothing can be set any more. Without a spill
        # directory a query that outgrows the memory limit fails instead of writing beside the snapshot.
        con.execute(_SESSION)
        con.execute("set temp_directory = ''")
        con.execute("set enable_external_access = false")
        con.execute("set lock_configuration = true")
        with interrupts_kept(con):
            yield con
    finally:
        con.close()


def _foreign_program(problem: Exception) -> str:
    """Who has the file open without waiting in the queue, as far as DuckDB says it."""
    found = _HOLDER.search(_one_line(problem))
    return "a program outside the queue" + (f": {found['program']}" if found else "")


def _unreadable(path: Path, problem: Exception) -> str:
    """What to say, and to do, about a file that DuckDB will not open."""
    return (
        f"{path} cannot be opened by DuckDB {duckdb.__version__}: {_one_line(problem).rstrip('.!')}. If it was made by "
        "another version or is damaged, delete it and run `osusume run`: it is rebuilt from the landing files"
    )


def _one_line(problem: Exception) -> str:
    """A DuckDB message without its line breaks."""
    return " ".join(str(problem).split())
