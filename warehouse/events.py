"""Our own state as numbered files of events, landed too, so that a deleted warehouse loses nothing.

The one rule: a log is files 000001, 000002, ... without a gap, each carrying the hash of its content in its
name. Anything else is an error, never skipped: a lost event would silently change lasting keys.
"""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

from warehouse.errors import LandingError
from warehouse.files import directory_lock, remove_parts, write_whole
from warehouse.home import Home
from warehouse.payloads import OWN_STATE, segment

#: The log of model versions; assets/registry.py says what stands in it, and this room gives its name without Dagster.
PROMOTIONS = "promotions"

_NAME = re.compile(r"(?P<number>\d{6})-(?P<sha>[0-9a-f]{12})\.jsonl")


def append_events(home: Home, log: str, rows: Sequence[Mapping[str, object]]) -> Path | None:
    """The new file that holds the rows, all or none of them; None when there are no rows.

    Times are written as ISO 8601 (in UTC when they have a zone); everything else must be plain JSON.

    Raises:
        LandingError: when a row cannot be written as JSON, or the log is already broken.
    """
    if not rows:
        return None
    content = "".join(f"{_line(log, row)}\n" for row in rows).encode()
    directory = _directory(home, log)
    with directory_lock(directory):
        remove_parts(directory)
        number = len(event_files(home, log)) + 1
        target = directory / f"{number:06d}-{_short_hash(content)}.jsonl"
        write_whole(target, content)
    return target


def read_events(home: Home, log: str) -> list[dict[str, object]]:
    """Every event of the log in the order of appending; [] when there is none.

    Raises:
        LandingError: naming file and line, when a file is missing, added, changed or unreadable.
    """
    return [event for file in event_files(home, log) for event in _read(file)]


def event_logs(home: Home) -> list[str]:
    """The names of all logs of a HOME, sorted."""
    return sorted(path.name for path in (home.landing / OWN_STATE).glob("*/") if path.is_dir())


def event_files(home: Home, log: str) -> list[Path]:
    """The log's files in order, the numbering made sure of; [] when there is none.

    Raises:
        LandingError: when a number is missing or twice there, or a file has a foreign name.
    """
    directory = _directory(home, log)
    if not directory.is_dir():
        return []
    files = sorted(file for file in directory.iterdir() if not file.name.startswith("."))
    for expected, file in enumerate(files, start=1):
        found = _NAME.fullmatch(file.name)
        if found is None:
            raise LandingError(f"{file} is no event file of ours; move it out of {directory}")
        if int(found["number"]) != expected:
            raise LandingError(
                f"{directory}: expected event file {expected:06d}, found {file.name}; a file is missing "
                "or there twice. Restore the folder from a copy: keys would change without it"
            )
    return files


def adopt_log(home: Home, other: Home, log: str) -> int:
    """Append the other's event files that are not here yet; returns how many.

    Raises:
        LandingError: when the two histories contradict, or the other's is broken.
    """
    with directory_lock(_directory(home, log)):
        remove_parts(_directory(home, log))
        refuse_contradiction(home, other, log)
        missing = event_files(other, log)[len(event_files(home, log)) :]
        for file in missing:
            _read(file)
            write_whole(_directory(home, log) / file.name, file.read_bytes())
    return len(missing)


def refuse_contradiction(home: Home, other: Home, log: str) -> None:
    """Raise LandingError unless one log is the beginning of the other."""
    pairs = zip(event_files(home, log), event_files(other, log), strict=False)
    for ours, theirs in pairs:
        if ours.name != theirs.name:
            raise LandingError(
                f"{home.root} and {other.root} have different histories of {log} (at {ours.name} and "
                f"{theirs.name}); adopt into an empty HOME instead"
            )


def _directory(home: Home, log: str) -> Path:
    """Where one log lies."""
    return home.landing / OWN_STATE / segment(log, "event log")


def _read(file: Path) -> list[dict[str, object]]:
    """The events of one file, its content made sure of by the hash in its name."""
    content = file.read_bytes()
    events: list[dict[str, object]] = []
    for number, line in enumerate(content.splitlines(), start=1):
        try:
            event = json.loads(line)
        except ValueError as problem:
            raise LandingError(f"{file}:{number}: not JSON ({problem}); restore it from a copy") from problem
        if not isinstance(event, dict):
            raise LandingError(f"{file}:{number}: an event must be a JSON object; restore it from a copy")
        events.append(event)
    if _short_hash(content) != file.name[7:19]:
        raise LandingError(f"{file}: its content is not what its name vouches for; restore it from a copy")
    return events


def _line(log: str, row: Mapping[str, object]) -> str:
    """One event as a line of JSON, the same for equal rows."""
    try:
        return json.dumps(dict(row), ensure_ascii=False, sort_keys=True, allow_nan=False, default=_time)
    except (TypeError, ValueError) as problem:
        raise LandingError(f"an event for the log {log!r} cannot be written as JSON: {problem}") from problem


def _time(value: object) -> str:
    """Dates and times as ISO 8601."""
    if isinstance(value, datetime):
        return (value.astimezone(UTC) if value.tzinfo else value).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{value!r} is a {type(value).__name__}")


def _short_hash(content: bytes) -> str:
    """The part of the content's hash that stands in the file's name."""
    return sha256(content).hexdigest()[:12]
