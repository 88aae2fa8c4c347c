"""The published snapshots that are kept: which there are, which of them readers are given, and why that one.

The one rule: nothing here writes. `current.duckdb` is a second name of one of the snapshots beside it.
"""

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from warehouse.connection import open_snapshot
from warehouse.errors import UnknownVersion, WarehouseFileError
from warehouse.home import Home
from warehouse.sqlfiles import sql_file

_OWN_NAME = re.compile(r"\d{6}-[0-9a-f]{8}\.duckdb")


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


@dataclass(frozen=True)
class Rollback:
    """A person's decision that readers are given an older snapshot than the newest one.

    Attributes:
        chosen: the id of the snapshot they are given instead.
        newest: the id of the newest one that was ever put before readers.
        rolled_back_at: when it was decided, UTC.
    """

    chosen: str
    newest: str
    rolled_back_at: datetime


def snapshots(home: Home) -> list[Snapshot]:
    """Every snapshot that is kept, newest first; [] when nothing was published.

    Raises:
        WarehouseFileError: when a snapshot cannot be opened.
    """
    found, damaged = readable_snapshots(home)
    if damaged:
        raise WarehouseFileError(damaged[0])
    return found


def readable_snapshots(home: Home) -> tuple[list[Snapshot], list[str]]:
    """Every kept snapshot that can be opened, newest first, and of each other file why it cannot be."""
    found: dict[str, Snapshot] = {}
    damaged: list[str] = []
    files = [home.snapshot] if home.snapshot.is_file() else []
    for path in [*files, *sorted(own_files(home))]:
        try:
            one = describe(path, is_current=path == home.snapshot)
        except WarehouseFileError as problem:
            damaged.append(str(problem))
        else:
            found.setdefault(one.snapshot_id, one)
    return [found[name] for name in sorted(found, reverse=True)], damaged


def current_snapshot(home: Home) -> Snapshot | None:
    """The snapshot that readers are given, by what stands in it; None when nothing was published.

    Raises:
        WarehouseFileError: when it cannot be opened.
    """
    return describe(home.snapshot, is_current=True) if home.snapshot.is_file() else None


def find_version(home: Home, version: str) -> Path:
    """The file of a kept snapshot, by its id or by the number its id begins with (`7` for `000007-1f3a9c02`).

    Raises:
        UnknownVersion: when none of that name is kept; the message names those that are.
    """
    kept = sorted(own_files(home))
    for path in kept:
        number, _, _ = path.stem.partition("-")
        if version == path.stem or (version.isdecimal() and int(version) == int(number)):
            return path
    known = ", ".join(path.stem for path in kept) or "none"
    raise UnknownVersion(f"no version {version!r} is kept in {home.published}; kept are: {known}")


def standing_rollback(home: Home) -> Rollback | None:
    """The rollback that readers see the outcome of; None where they are given what was published last.

    A note that says otherwise than `current.json`, of a command that was killed, counts as none.
    """
    noted = noted_rollback(home)
    if noted is None or noted.chosen == noted.newest or not home.snapshot_note.is_file():
        return None
    return noted if noted_version(home) == noted.chosen else None


def noted_rollback(home: Home) -> Rollback | None:
    """What the last rollback left in its note; None without one, or where it cannot be read."""
    try:
        words = json.loads(home.rollback_note.read_text(encoding="utf-8"))
        return Rollback(
            str(words["chosen"]), str(words["newest"]), datetime.fromisoformat(words["rolled_back_at"]).astimezone(UTC)
        )
    except (OSError, ValueError, KeyError, TypeError):
        # A damaged note costs the explanation of a rollback, not the rollback.
        return None


def noted_version(home: Home) -> str | None:
    """The id of the current snapshot by the note beside it; None where the note cannot be read."""
    try:
        return str(json.loads(home.snapshot_note.read_text(encoding="utf-8"))["snapshot_id"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def own_files(home: Home) -> list[Path]:
    """The snapshot files under their own names, in no order."""
    found = home.published.iterdir() if home.published.is_dir() else ()
    return [path for path in found if _OWN_NAME.fullmatch(path.name)]


def describe(path: Path, *, is_current: bool) -> Snapshot:
    """What a snapshot file says of itself.

    Raises:
        WarehouseFileError: when it cannot be opened or says nothing.
    """
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
