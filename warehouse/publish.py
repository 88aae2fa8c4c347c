"""The published snapshot: a whole read-only copy, put in place by one rename.

The one rule: `current.duckdb` is never written. A new copy is built beside it under a hidden name, made
lasting, and then takes its place; who has the old one open keeps it. Each snapshot also has a name of its
own (`000007-1f3a9c02.duckdb`); `current.duckdb` is a second name of one of them, mostly of the newest.
"""

import json
import os
import secrets
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from warehouse.connection import Warehouse
from warehouse.errors import PublishError, UnknownVersion, WarehouseFileError
from warehouse.files import part_path, put_in_place, sync_directory, write_whole
from warehouse.home import Home
from warehouse.lock import OnWait, WriterLock
from warehouse.names import quote_literal
from warehouse.snapshotcopy import copy_tables
from warehouse.snapshots import (
    Rollback,
    Snapshot,
    current_snapshot,
    describe,
    find_version,
    noted_rollback,
    noted_version,
    own_files,
)

_BUILDING = ".building-"


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
        # What is published now is newer than anything a person went back from.
        home.rollback_note.unlink(missing_ok=True)
        _prune(home, name, warehouse.keep_snapshots)
    return snapshot


def rollback(
    home: Home,
    version: str | None = None,
    lock_timeout_s: float = 600.0,
    now: datetime | None = None,
    on_wait: OnWait | None = None,
) -> Snapshot:
    """Put another kept snapshot before the readers, and return it; no snapshot is removed.

    It may also be a newer one: that is how to go forward again.

    Args:
        home: whose snapshots.
        version: id or number of the snapshot; None = the newest of those older than the current one.
        lock_timeout_s: how long to wait for a writer that may be publishing.
        now: the moment of the decision; default is now.
        on_wait: told while it waits: seconds so far, and who holds the lock.

    Raises:
        NothingPublished: when nothing was ever published.
        UnknownVersion: when it is not kept, or no older one is.
    """
    with WriterLock(home, "rollback", lock_timeout_s, on_wait):
        current = _current_id(home)
        kept = sorted(path.stem for path in own_files(home))
        older = [one for one in kept if one < current]
        if version is None and not older:
            raise UnknownVersion(f"{home.published} holds no older snapshot to return to than {current}")
        path = find_version(home, older[-1] if version is None else version)
        chosen = replace(describe(path, is_current=True), is_current=True)
        noted = noted_rollback(home)
        newest = max(current, noted.newest) if noted and noted.newest in kept else current
        # The note goes first: it is what tells a snapshot that is kept from one that was never put in place.
        decision = Rollback(chosen.snapshot_id, newest, now or datetime.now(UTC))
        _write_note(home.rollback_note, asdict(decision) | {"rolled_back_at": decision.rolled_back_at.isoformat()})
        _make_current(home, chosen)
        if chosen.snapshot_id == newest:
            home.rollback_note.unlink(missing_ok=True)
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
        older = [path for path in own_files(home) if current is None or path.stem != current.snapshot_id]
        for path in older:
            path.unlink()
        if older:
            home.rollback_note.unlink(missing_ok=True)
            sync_directory(home.published)
    return len(older)


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
    # Renaming does nothing where both names are of one file: the snapshot is the current one already.
    part.unlink(missing_ok=True)
    _write_note(home.snapshot_note, asdict(snapshot) | {"published_at": snapshot.published_at.isoformat()})


def _write_note(path: Path, words: Mapping[str, object]) -> None:
    """Write a JSON note for people and scripts, whole."""
    write_whole(path, (json.dumps(words, indent=2, sort_keys=True) + "\n").encode())


def _current_id(home: Home) -> str:
    """The id of the current snapshot, by what stands in it; by the note beside it where it is damaged."""
    try:
        return describe(home.snapshot, is_current=True).snapshot_id
    except WarehouseFileError:
        noted = noted_version(home)
        if noted is None:
            raise
        return noted


def _prune(home: Home, current: str, keep: int) -> None:
    """Remove all but the current snapshot and the newest `keep` others."""
    names = sorted((path.stem for path in own_files(home) if path.stem != current), reverse=True)
    for name in names[keep:]:
        (home.published / f"{name}.duckdb").unlink()
    sync_directory(home.published)


def _remove_leftovers(home: Home) -> None:
    """Remove what a killed publishing left; only called by the one writer.

    A snapshot newer than any that was put before the readers was finished but never put in place: it counts as a
    leftover too. One that somebody went back from was in place.
    """
    own = own_files(home)
    current = [path.stem for path in own if home.snapshot.is_file() and path.samefile(home.snapshot)]
    noted = noted_rollback(home)
    for path in own:
        if current and path.stem > max(current[0], noted.newest if noted else ""):
            path.unlink()
    for pattern in (f"{_BUILDING}*", ".current*.part"):
        for leftover in home.published.glob(pattern):
            if leftover.is_dir():
                shutil.rmtree(leftover)
            else:
                leftover.unlink()


def _next_number(home: Home) -> int:
    """One more than the highest number in use."""
    return max((int(path.name[:6]) for path in own_files(home)), default=0) + 1
