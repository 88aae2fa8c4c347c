"""Spans of a listing's rows, as the names of parts spell them: `00000-00999`, `01000-01999`, ..., `02000-end`.

The one rule: the last span has no end, so that whatever a listing grows to is in one of them.
"""

_END = "end"


def spans(rows: int, count: int) -> tuple[str, ...]:
    """So many spans of so many rows each, from the first row on."""
    *closed, last = range(0, rows * count, rows)
    return (*(f"{start:05}-{start + rows - 1:05}" for start in closed), f"{last:05}-{_END}")


def rows_of(span: str) -> tuple[int, int | None]:
    """How many rows are before a span's first one, and before the first after it; None = the span has no end."""
    first, last = span.split("-")
    return int(first), None if last == _END else int(last) + 1
