"""The published snapshot: a whole read-only copy, put in place by one rename.

The one rule: `current.duckdb` is never written. A new copy is built beside it under a hidden name, made
lasting, and then takes its place; who has the old one open keeps it. Each snapshot also has a name of its
own (`000007-1f3a9c02.duckdb`); `current.duckdb` is a second name of one of them.
"""

import json
import os
import re
import secrets
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from warehouse.connection import Warehouse, open_snapshot
from warehouse.errors import PublishError, WarehouseFileError
from warehouse.files import part_path, put_in_place, sync_directory, write_whole
from warehouse.home import Home
from warehouse.lock import WriterLock
from warehouse.names import quote_literal
from warehouse.snapshotcopy import copy_tables
from warehouse.sqlfiles import sql_file

#: How many snapshots beside the current one are kept for rollback.
KEEP_OLDER = 3
_OWN_NAME = re.compile(r"\d{6}-[0-9a-f]{8}\.duckdb")
_BUILDING = ".building-"


@dataclass(frozen=True)
class Snapshot:
    """One published snapshot, as it says of itself.

    Attributes:
        snapshot_id: its lasting name, rising with each publishing.
        run_id: the run that published it.
        fingerprint: the hash of the input it was made from.
        published_at: when, UTC.
        rows: the row count of each table, by `schema.table`, sorted.
        is_current: whether readers are given this one.
    """

    snapshot_id: str
    run_id: str
    fingerprint: str
    published_at: datetime
    rows: dict[str, int] = field(default_factory=dict)
    is_current: bool = False


def publish(
    warehouse: Warehouse,
    run_id: str,
    fingerprint: str | Callable[[duckdb.DuckDBPyConnection], str],
    published_at: datetime | None = None,
    approve: Callable[[duckdb.DuckDBPyConnection], None] | None = None,
) -> Snapshot:
    """Make the warehouse as it stands now what readers see, and return the new snapshot.

    Copied are tables and views of main, ml and quality with their comments. A kill at any moment leaves
    the old snapshot in place; what it had built is removed the next time.

    Args:
        warehouse: what to publish.
        run_id: the run that publishes.
        fingerprint: the hash of the input the tables were made from, or what tells it from the warehouse as it is
            published.
        published_at: the moment to stamp it with; default is now.
        approve: called with the writer's connection before anything is copied, so that no other writer
            comes between a last check and the copy; whatever it raises keeps the old snapshot.

    Raises:
        PublishError: when there is no warehouse, nothing in its main schema, or a view reads something
            that is not published.
        LockTimeout: when the writers before did not finish in time.
    """
    home = warehouse.home
    if not home.warehouse_file.is_file():
        raise PublishError(
            f"there is no warehouse to publish: {home.warehouse_file} does not exist. Run `osusume run` first"
        )
    moment = published_at or datetime.now(UTC)
    with warehouse.writer(f"publish {run_id}".strip()) as con:
        if approve is not None:
            approve(con)
        home.published.mkdir(parents=True, exist_ok=True)
        _remove_leftovers(home)
        name = f"{_next_number(home):06d}-{secrets.token_hex(4)}"
        building = home.published / f"{_BUILDING}{name}.duckdb"
        made_from = fingerprint if isinstance(fingerprint, str) else fingerprint(con)
        stamp = Snapshot(name, run_id, made_from, moment, is_current=True)
        try:
            rows = _build(con, building, stamp)
            put_in_place(building, home.published / f"{name}.duckdb")
        except BaseException:
            _remove_leftovers(home)
            raise
        snapshot = Snapshot(name, run_id, made_from, moment, rows, is_current=True)
        _make_current(home, snapshot)
        _prune(home, name)
    return snapshot


def rollback(home: Home, lock_timeout_s: float = 600.0) -> Snapshot:
    """Put the newest older snapshot back in place, remove the one it replaces, and return it.

    Raises:
        PublishError: when there is none to return to.
    """
    with WriterLock(home, "rollback", lock_timeout_s):
        known = snapshots(home)
        current = [one for one in known if one.is_current]
        older = [one for one in known if current and one.snapshot_id < current[0].snapshot_id]
        if not older:
            raise PublishError(f"{home.published} holds no older snapshot to return to")
        chosen = replace(older[0], is_current=True)
        _make_current(home, chosen)
        (home.published / f"{current[0].snapshot_id}.duckdb").unlink(missing_ok=True)
        sync_directory(home.published)
    return chosen


def drop_older_snapshots(home: Home, lock_timeout_s: float = 600.0) -> int:
    """Remove every snapshot but the current one, and unfinished ones; returns how many whole ones went.

    After a user was forgotten and the tables were published without them, the user is in none any more; there
    is nothing to roll back to then.

    Raises:
        LockTimeout: when the writers before did not finish in time.
        WarehouseFileError: when the current snapshot cannot be opened.
    """
    with WriterLock(home, "drop older snapshots", lock_timeout_s):
        _remove_leftovers(home)
        current = current_snapshot(home)
        older = [path for path in _own_files(home) if current is None or path.stem != current.snapshot_id]
        for path in older:
            path.unlink()
        if older:
            sync_directory(home.published)
    return len(older)


def snapshots(home: Home) -> list[Snapshot]:
    """Every snapshot that is kept, newest first; [] when nothing was published.

    Raises:
        WarehouseFileError: when a snapshot cannot be opened.
    """
    current = current_snapshot(home)
    names = sorted((path.stem for path in _own_files(home)), reverse=True)
    found = [_describe(home.published / f"{name}.duckdb", is_current=False) for name in names]
    others = [one for one in found if current is None or one.snapshot_id != current.snapshot_id]
    listed = others if current is None else [current, *others]
    return sorted(listed, key=lambda one: one.snapshot_id, reverse=True)


def current_snapshot(home: Home) -> Snapshot | None:
    """The snapshot that readers are given, by what stands in it; None when nothing was published.

    Raises:
        WarehouseFileError: when it cannot be opened.
    """
    return _describe(home.snapshot, is_current=True) if home.snapshot.is_file() else None


def _build(con: duckdb.DuckDBPyConnection, building: Path, stamp: Snapshot) -> dict[str, int]:
    """Write the new snapshot file, complete and closed; returns the row counts by table."""
    con.execute(f"attach {quote_literal(str(building))} as snapshot")
    try:
        rows = copy_tables(con, asdict(stamp))
        con.execute("checkpoint snapshot")
    finally:
        con.execute("detach snapshot")
    if not rows:
        raise PublishError("the warehouse has no table in its main schema yet; run `osusume run` first")
    leftover = building.with_name(f"{building.name}.wal")
    if leftover.exists():
        raise PublishError(f"{building} was not closed completely ({leftover.name} is there); publish again")
    return rows


def _make_current(home: Home, snapshot: Snapshot) -> None:
    """Give the snapshot the name that readers open, in one step; then say so in the note."""
    own = home.published / f"{snapshot.snapshot_id}.duckdb"
    part = part_path(home.snapshot)
    try:
        os.link(own, part)
    except OSError:
        # A file system without hard links: the same content twice is the price.
        shutil.copyfile(own, part)
    put_in_place(part, home.snapshot)
    words = asdict(snapshot) | {"published_at": snapshot.published_at.isoformat()}
    write_whole(home.snapshot_note, (json.dumps(words, indent=2, sort_keys=True) + "\n").encode())


def _prune(home: Home, current: str) -> None:
    """Remove all but the current snapshot and the newest older ones."""
    names = sorted((path.stem for path in _own_files(home) if path.stem != current), reverse=True)
    for name in names[KEEP_OLDER:]:
        (home.published / f"{name}.duckdb").unlink()
    sync_directory(home.published)


def _remove_leftovers(home: Home) -> None:
    """Remove what a killed publishing left; only called by the one writer.

    A snapshot newer than the current one was finished but never put in place: it counts as a leftover too.
    """
    own = _own_files(home)
    current = [path.name for path in own if home.snapshot.is_file() and path.samefile(home.snapshot)]
    for path in own:
        if current and path.name > current[0]:
            path.unlink()
    for pattern in (f"{_BUILDING}*", ".current*.part"):
        for leftover in home.published.glob(pattern):
            if leftover.is_dir():
                shutil.rmtree(leftover)
            else:
                leftover.unlink()


def _own_files(home: Home) -> list[Path]:
    """The snapshot files under their own names."""
    found = home.published.iterdir() if home.published.is_dir() else ()
    return [path for path in found if _OWN_NAME.fullmatch(path.name)]


def _next_number(home: Home) -> int:
    """One more than the highest number in use."""
    return max((int(path.name[:6]) for path in _own_files(home)), default=0) + 1


def _describe(path: Path, *, is_current: bool) -> Snapshot:
    """What a snapshot file says of itself."""
    statement = sql_file("warehouse/published_tables").body
    with open_snapshot(path, {}) as con:
        try:
            found = con.execute(statement).fetchall()
        except duckdb.Error as problem:
            raise WarehouseFileError(f"{path} is no snapshot of ours: {problem}") from problem
    if not found:
        raise WarehouseFileError(f"{path} does not say what it holds; publish again")
    name, run_id, fingerprint, published_at = found[0][:4]
    rows = {str(row[4]): int(row[5]) for row in found if row[5] is not None}
    return Snapshot(name, run_id, fingerprint, published_at.astimezone(UTC), rows, is_current)
