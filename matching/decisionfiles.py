"""What people decided about identity: the lines of sql/seeds/match_overrides.csv, then those of HOME's own file.

The one rule: a line that cannot be understood is refused by file, line and value before anything uses it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from io import StringIO
from pathlib import Path

from matching.errors import OverrideError
from matching.overrides import Name, Override

FILE = "match_overrides.csv"
#: What messages and fact_match_override call the file of the project itself, and HOME's own.
SEED, OWN = f"sql/seeds/{FILE}", f"HOME/{FILE}"
#: Whose records a line may name.
SOURCES = ("anilist", "kitsu", "myanimelist")
COLUMNS = (
    "left_source",
    "left_source_id",
    "right_source",
    "right_source_id",
    "decision",
    "reason",
    "decided_by",
    "decided_at",
    "valid_until",
)
VERDICTS = {"same": True, "different": False}
_ID = re.compile(r"[1-9][0-9]{0,17}")
_WORDS_OF_DAYS = "a day such as 2026-01-31, or nothing"


def decisions_at_hand(seed: Path, own: Path) -> list[Override]:
    """Every decision, those of the project first, then those of the HOME.

    Args:
        seed: the project's file.
        own: the HOME's file, which need not exist.

    Raises:
        OverrideError: naming file, line, value and remedy.
    """
    read = [*read_decisions(seed, SEED), *(read_decisions(own, OWN) if own.is_file() else [])]
    return [replace(item, order=order) for order, item in enumerate(read)]


def read_decisions(path: Path, shown: str) -> list[Override]:
    """The decisions of one file, in its order; lines without any value are none.

    Args:
        path: a CSV file in UTF-8 with the columns of COLUMNS in its first line; further columns are ignored.
        shown: what messages and tables call it.

    Raises:
        OverrideError: naming file, line, value and remedy.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise OverrideError(f"{path} cannot be read: {problem}; save it as CSV in UTF-8") from problem
    reader = csv.DictReader(StringIO(text, newline=""), strict=True)
    found = []
    try:
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise OverrideError(f"{shown}:1: {', '.join(missing)} missing; the first line reads {','.join(COLUMNS)}")
        for row in reader:
            if any(value and str(value).strip() for value in row.values()):
                found.append(_decision(f"{shown}:{reader.line_num}", shown, reader.line_num, row))
    except csv.Error as problem:
        raise OverrideError(
            f"{shown}:{reader.line_num + 1}: {problem}; put texts with commas or quotes into quotes, a quote as two"
        ) from problem
    return found


def _decision(where: str, file: str, line: int, row: Mapping[str | None, object]) -> Override:
    """One line as a decision."""
    values = {name: str(row.get(name) or "").strip() for name in COLUMNS}
    if None in row or None in row.values():
        raise OverrideError(
            f"{where}: it has {'more' if None in row else 'fewer'} values than the first line has columns; put texts "
            "with commas into quotes"
        )
    if values["decision"] not in VERDICTS:
        raise OverrideError(f"{where}: decision is {values['decision']!r}, expected {' or '.join(VERDICTS)}")
    left, right = (_record(where, side, values) for side in ("left", "right"))
    if left == right:
        raise OverrideError(f"{where}: both records are {' '.join(left)}; name two records, or remove the line")
    return Override(
        left=left,
        right=right,
        same=VERDICTS[values["decision"]],
        reason=values["reason"],
        decided_by=values["decided_by"],
        decided_on=_day(where, "decided_at", values),
        until=_day(where, "valid_until", values),
        file=file,
        line=line,
    )


def _record(where: str, side: str, values: Mapping[str, str]) -> Name:
    """One of the two records of a line."""
    source, source_id = values[f"{side}_source"], values[f"{side}_source_id"]
    if source not in SOURCES:
        raise OverrideError(
            f"{where}: {side}_source is {source!r}, expected {', '.join(SOURCES[:-1])} or {SOURCES[-1]}"
        )
    if not _ID.fullmatch(source_id):
        raise OverrideError(f"{where}: {side}_source_id is {source_id!r}, expected the id of a record: a whole number")
    return source, source_id


def _day(where: str, column: str, values: Mapping[str, str]) -> date | None:
    """A day of a line; None where it is blank."""
    try:
        return date.fromisoformat(values[column]) if values[column] else None
    except ValueError as problem:
        raise OverrideError(f"{where}: {column} is {values[column]!r}, expected {_WORDS_OF_DAYS}") from problem
