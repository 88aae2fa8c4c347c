"""Query results as a table for people, as csv or json; nested values and times are written alike in all.

Times with a zone are UTC and end in `Z`; lists, structs and maps are JSON; null is empty in csv and tables.
"""

from __future__ import annotations

import csv
import json
import math
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from itertools import count, islice
from typing import Any, TextIO

Row = Sequence[Any]
Write = Callable[[Any], str]

_ENCODE = json.JSONEncoder(ensure_ascii=False).encode

#: No cell of a table is wider than this: one synopsis must not push everything else off the screen.
CELL_WIDTH = 60
#: The last column has nothing to push away, and often holds a reason that is worth reading.
LAST_CELL_WIDTH = 120
_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL", "U")
#: Python writes these exactly as wanted, so the csv module may do it.
_PLAIN = (
    "VARCHAR",
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "HUGEINT",
    "FLOAT",
    "DOUBLE",
    "ENUM",
    "UUID",
    "U",
)


def is_number(kind: str) -> bool:
    """Whether a column of this DuckDB type is written flush right."""
    return kind.startswith(_NUMBERS) and not kind.startswith(("UUID", "UNION")) and not kind.endswith("]")


def in_json(value: Any) -> str:
    """The value as JSON; a decimal is a number with all of its digits."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_ENCODE(str(key))}: {in_json(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(in_json, value)) + "]"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else "null"
    return _ENCODE(value if value is None or isinstance(value, str | bool | int) else _scalar(value))


def text(value: Any) -> str:
    """The value for a csv cell: '' for null, `true`, ISO 8601, JSON for what is nested."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list | tuple | Decimal):
        return in_json(value)
    if isinstance(value, str | int | float):
        return str(value)
    return _scalar(value)


def _scalar(value: Any) -> str:
    """Dates, times and the rest as text."""
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    return str(value)


def moment(value: datetime) -> str:
    """A time as ISO 8601; one with a zone in UTC with `Z`."""
    if value.tzinfo is None:
        return value.isoformat()
    return value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def write_csv(stream: TextIO, names: Sequence[str], kinds: Sequence[str], rows: Iterable[Row]) -> None:
    """The rows as csv with a header line; only columns that need it are rewritten value by value."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(names)
    rewritten = [at for at, kind in enumerate(kinds) if not kind.startswith(_PLAIN) or kind.endswith("]")]
    if not rewritten:
        writer.writerows(rows)
        return
    for row in rows:
        cells = list(row)
        for at in rewritten:
            cells[at] = text(cells[at])
        writer.writerow(cells)


def write_json(stream: TextIO, names: Sequence[str], rows: Iterable[Row]) -> None:
    """The rows as one JSON array with an object on each line; of columns that have the same name none is lost."""
    fields = told_apart(names)
    separator = "["
    for row in rows:
        line = in_json(dict(zip(fields, row, strict=True)))
        stream.write(f"{separator}\n{line}")
        separator = ","
    stream.write("[]\n" if separator == "[" else "\n]\n")


def told_apart(names: Sequence[str]) -> list[str]:
    """The names with a number behind each that was there before, as DuckDB numbers columns: `a`, `a_1`."""
    taken = set(names)
    told: list[str] = []
    for name in names:
        free = name
        if name in told:
            free = next(numbered for at in count(1) if (numbered := f"{name}_{at}") not in taken)
            taken.add(free)
        told.append(free)
    return told


def write_table(
    stream: TextIO, names: Sequence[str], kinds: Sequence[str], rows: Iterable[Row], limit: int | None
) -> bool:
    """The first `limit` rows as an aligned table; returns whether there are more."""
    iterator = iter(rows)
    for line in table_lines(names, [is_number(kind) for kind in kinds], islice(iterator, limit)):
        stream.write(f"{line}\n")
    return next(iterator, None) is not None


def table_lines(names: Sequence[str], right: Sequence[bool], rows: Iterable[Row]) -> Iterator[str]:
    """The lines of an aligned table: names, a rule, and the rows; numbers stand flush right."""
    last = len(names) - 1
    cells = [
        [_cell(value, CELL_WIDTH if at < last else LAST_CELL_WIDTH) for at, value in enumerate(row)] for row in rows
    ]
    widths = [max([width(name), *(width(row[at]) for row in cells)]) for at, name in enumerate(names)]
    yield _line(names, right, widths)
    yield "  ".join("-" * one for one in widths)
    for row in cells:
        yield _line(row, right, widths)


def width(value: str) -> int:
    """How many columns of a terminal the text takes: Japanese signs take two, combining marks none."""
    if value.isascii():
        return len(value)
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in value)
    return len(value) + wide - sum(unicodedata.combining(char) != 0 for char in value)


def shortened(value: str, most: int) -> str:
    """The text in at most so many columns of a terminal, with `…` where it was cut."""
    if width(value) <= most:
        return value
    kept = value[:most]
    while width(kept) > most - 1:
        kept = kept[:-1]
    return f"{kept}…"


def _cell(value: Any, most: int) -> str:
    """One cell of a table, on one line and not wider than `most`."""
    if isinstance(value, float):
        return f"{value:.6g}" if math.isfinite(value) and abs(value) < 1e15 else str(value)
    if isinstance(value, datetime):
        return moment(value.replace(microsecond=0)).replace("T", " ")
    printable = "".join(char if char.isprintable() else " " for char in text(value))
    return shortened(printable, most)


def _line(cells: Sequence[str], right: Sequence[bool], widths: Sequence[int]) -> str:
    """One line of a table."""
    padded = []
    for cell, flush_right, column in zip(cells, right, widths, strict=True):
        blank = " " * (column - width(cell))
        padded.append(blank + cell if flush_right else cell + blank)
    return "  ".join(padded).rstrip()
