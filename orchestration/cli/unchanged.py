"""Whether a run would find anything new, decided from content hashes before anything is materialised."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from warehouse.errors import WarehouseError
from warehouse.home import Home
from warehouse.snapshots import Snapshot, describe, own_files, standing_rollback


def nothing_new(home: Home, mark: str) -> list[str]:
    """What to tell instead of running, line by line; [] when there is something to do.

    Args:
        home: where.
        mark: the fingerprint of input, settings and code, as the tables of a run would carry it.
    """
    if not (home.snapshot.is_file() and home.warehouse_file.is_file() and home.snapshot_note.is_file()):
        return []
    note = _note(home)
    if note.get("fingerprint") == mark and "published_at" in note and _read(home.snapshot):
        since = _moment(datetime.fromisoformat(note["published_at"]))
        return [
            f"Nothing new since {since}: input, settings and code are those of the",
            f"published snapshot {home.snapshot}, by their content hashes. --force runs all the same.",
        ]
    return _rolled_back(home, mark)


def _rolled_back(home: Home, mark: str) -> list[str]:
    """The same where the version made of this very input is kept, but a person went back from it.

    Running would publish it again and so undo their decision without a word.
    """
    standing = standing_rollback(home)
    if standing is None:
        return []
    newer = sorted((path for path in own_files(home) if path.stem > standing.chosen), reverse=True)
    for path in newer:
        made = _read(path)
        if made is not None and made.fingerprint == mark:
            return [
                f"Nothing new since {_moment(made.published_at)}: input, settings and code are those of version",
                f"{made.snapshot_id}, by their content hashes. Readers are given {standing.chosen} since it was rolled",
                f"back to at {_moment(standing.rolled_back_at)}, and this run leaves it so.",
                f"`osusume publish --rollback {made.snapshot_id}` goes forward; --force runs and publishes anew.",
            ]
    return []


def rolled_back_from(home: Home) -> str:
    """Why readers do not see the newest version, in a sentence; '' where they do."""
    standing = standing_rollback(home)
    if standing is None:
        return ""
    kept = any(path.stem == standing.newest for path in own_files(home))
    forward = f"; `osusume publish --rollback {standing.newest}` goes forward" if kept else ""
    return f"rolled back from {standing.newest} at {_moment(standing.rolled_back_at)}{forward}"


def _read(path: Path) -> Snapshot | None:
    """What a snapshot says of itself; None where it is damaged, so that it is published anew."""
    try:
        return describe(path, is_current=False)
    except WarehouseError:
        return None


def _moment(value: datetime) -> str:
    """A time to the minute."""
    return f"{value:%Y-%m-%d %H:%M} UTC"


def _note(home: Home) -> dict[str, Any]:
    """The note beside the current snapshot; {} when it is damaged, which only costs a run that was not needed."""
    try:
        note = json.loads(home.snapshot_note.read_text(encoding="utf-8"))
    except ValueError:
        return {}
    return note if isinstance(note, dict) else {}
