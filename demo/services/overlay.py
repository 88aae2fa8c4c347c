"""What has happened to the catalogues since the world was made: edits, removals and new update times.

The one rule: records are handed out as they are kept and never changed in place; an edit puts a new record
in the old one's place. So a service may hold on to what it was given.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from demo.defects import bad_records
from demo.schedule import TODAY_DAY
from demo.world import World

Record = dict[str, Any]

#: The bad records that a service could send: whole objects with an id of their own.
SENDABLE = ("an unknown format", "the episodes are no number")
#: The first change happens an hour after the world's day began, each further one a minute later.
_FIRST_CHANGE = datetime(1970, 1, 1, 1, tzinfo=UTC) + timedelta(days=TODAY_DAY)
_BETWEEN_CHANGES = timedelta(minutes=1)


class Overlay:
    """The catalogues of the world's sources as their services show them now; safe to share between threads."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._kept: dict[str, dict[int, Record]] = {}
        self._changes: dict[str, int] = {}
        self._moment = _FIRST_CHANGE
        self._lock = threading.RLock()

    def records(self, source: str) -> list[Record]:
        """All records of a source, in the order of their ids. Not to be changed by the caller."""
        with self._lock:
            return list(self._catalogue(source).values())

    def record(self, source: str, record_id: str) -> Record | None:
        """One record by its id; None where the source has none. Not to be changed by the caller."""
        with self._lock:
            return self._catalogue(source).get(int(record_id)) if record_id.isdecimal() else None

    def edit(self, source: str, record_id: str, changes: Mapping[str, object]) -> None:
        """Change fields of one record and give it a new update time.

        Args:
            source: whose record.
            record_id: which one.
            changes: new values by field: top-level fields, for Kitsu attributes. For MyAnimeList, which leaves
                out what does not exist, None takes the field away.

        Raises:
            KeyError: there is no such record.
        """
        with self._lock:
            before = self.record(source, record_id)
            if before is None:
                raise KeyError(f"{source} has no record {record_id}")
            changed = _changed(source, before, changes)
            self._catalogue(source)[int(record_id)] = _touched(source, changed, self._next_moment(source))

    def remove(self, source: str, record_id: str) -> None:
        """Take one record away, as a merge or a deletion would.

        Raises:
            KeyError: there is no such record.
        """
        with self._lock:
            if self.record(source, record_id) is None:
                raise KeyError(f"{source} has no record {record_id}")
            del self._catalogue(source)[int(record_id)]
            self._next_moment(source)

    def touch_all(self, source: str) -> None:
        """Give all records of a source one new update time and no other change, as a rating job does."""
        with self._lock:
            moment = self._next_moment(source)
            catalogue = self._catalogue(source)
            for number, record in catalogue.items():
                catalogue[number] = _touched(source, record, moment)

    def updated_at(self, source: str, record_id: str) -> datetime:
        """When a record was last changed, UTC.

        Raises:
            KeyError: there is no such record.
        """
        record = self.record(source, record_id)
        if record is None:
            raise KeyError(f"{source} has no record {record_id}")
        if source == "anilist":
            return datetime.fromtimestamp(record["updatedAt"], UTC)
        return datetime.fromisoformat(record["attributes"]["updatedAt"] if source == "kitsu" else record["updated_at"])

    def changes(self, source: str) -> int:
        """How many changes a source has seen; what was worked out from its records is stale when this grows."""
        with self._lock:
            return self._changes.get(source, 0)

    def _catalogue(self, source: str) -> dict[int, Record]:
        """The records of a source by number, in order; made when they are first asked for."""
        if source not in self._kept:
            teller = self._world.sources[source]
            records = [teller.record(row) for row in teller.rows()]
            records += [json.loads(bad.text) for bad in bad_records(self._world, source) if bad.problem in SENDABLE]
            by_number = {int(str(record["id"])): record for record in records}
            self._kept[source] = dict(sorted(by_number.items()))
        return self._kept[source]

    def _next_moment(self, source: str) -> datetime:
        """The time of the change that is being made."""
        moment = self._moment
        self._moment += _BETWEEN_CHANGES
        self._changes[source] = self._changes.get(source, 0) + 1
        return moment


def _changed(source: str, record: Record, changes: Mapping[str, object]) -> Record:
    """The record with the changes; the given one stays as it was."""
    if source == "kitsu":
        return {**record, "attributes": {**record["attributes"], **changes}}
    merged = {**record, **changes}
    return {name: value for name, value in merged.items() if source != "myanimelist" or value is not None}


def _touched(source: str, record: Record, moment: datetime) -> Record:
    """The record with this update time in the source's own writing."""
    if source == "anilist":
        return {**record, "updatedAt": int(moment.timestamp())}
    if source == "kitsu":
        text = f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
        return {**record, "attributes": {**record["attributes"], "updatedAt": text}}
    return {**record, "updated_at": moment.isoformat()}
