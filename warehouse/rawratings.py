"""Ratings files as rows of text: fast where a file is plain, exact where it is odd.

Each block of lines is given to Arrow's reader when nothing in it is out of the ordinary, and is otherwise
taken apart line by line. Both ways give the same rows and the same line numbers; a test holds them to it.
"""

import re
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.csv

from warehouse.errors import LandingError
from warehouse.rawlines import BLOCK_BYTES, read_blocks

#: The columns of a raw ratings table that come from the file, in order.
FIELDS = ("user_id", "anime_id", "score", "status", "updated_at")
_REQUIRED = FIELDS[:3]
_QUOTED_FIELD = re.compile(r'"((?:[^"]++|"")*+)"(?=,|\Z)')
#: How far a quoted field may run on over line ends before its first line counts as malformed.
_MAX_CONTINUATION_LINES = 5
_PIECE_BYTES = 64_000
_SCHEMA = pa.schema([(name, pa.string()) for name in (*FIELDS, "malformed")] + [("payload_line", pa.int64())])


def read_ratings(file: Path, source: str, block_bytes: int = BLOCK_BYTES) -> Generator[pa.Table]:
    """Batches with the columns FIELDS, malformed (all text) and payload_line, in file order.

    Values are verbatim (quotes around a value are not part of it); `anime_id` is the file's `<source>_id`.
    A line with the wrong number of fields has nulls, and the whole line in `malformed`. Blank lines give no
    row; optional columns that the file lacks are null. The header is line 1.

    Raises:
        LandingError: when the file does not decompress, has no header, or one with other columns.
    """
    rows: _Rows | None = None
    for block in read_blocks(file, block_bytes):
        rest = block
        if rows is None:
            header, rest, line = _split_header(block)
            rows = _Rows(header_columns(file, header, source), line)
        yield from rows.read(rest)
    if rows is None:
        header_columns(file, "", source)
    else:
        yield from rows.rest()


class _Rows:
    """The rows of one file, block after block, with the number of the line that comes next."""

    def __init__(self, columns: Sequence[str], line: int) -> None:
        self.columns = columns
        self.line = line
        self._cut_off = b""

    def read(self, block: bytes) -> Iterator[pa.Table]:
        """The rows of the next whole lines; a record that may run on is kept for the next call."""
        is_continued = bool(self._cut_off)
        block, self._cut_off = self._cut_off + block, b""
        table = _plain(block, self.columns, self.line)
        if table is not None:
            self.line += table.num_rows
            yield table
            return
        # One odd line must not slow the whole block down: only the piece it is in is read the exact way.
        pieces = [block] if is_continued else _pieces(block)
        if len(pieces) > 1:
            for piece in pieces:
                yield from self.read(piece)
            return
        table, taken, self._cut_off = _exact(block, self.columns, self.line, is_last=False)
        self.line += taken
        yield table

    def rest(self) -> Iterator[pa.Table]:
        """The rows of what was kept, when nothing follows any more."""
        if self._cut_off:
            yield _exact(self._cut_off, self.columns, self.line, is_last=True)[0]


def header_columns(file: Path, header: str, source: str) -> list[str]:
    """The names of FIELDS in the order in which this file has them.

    Raises:
        LandingError: when a required column is missing, or one is unknown or named twice.
    """
    found = [name.strip() for name in split_fields(header) or [header]]
    allowed = [f"{source}_id" if name == "anime_id" else name for name in FIELDS]
    required = allowed[: len(_REQUIRED)]
    if set(required) - set(found) or set(found) - set(allowed) or len(set(found)) < len(found):
        raise LandingError(
            f"{file}:1: expected the columns {', '.join(required)} and optionally status, updated_at; "
            f"found {', '.join(found)[:300]}"
        )
    return [FIELDS[allowed.index(name)] for name in found]


def split_fields(line: str) -> list[str] | None:
    """The values of one CSV line; None when a quoted value is not closed, or text follows its end."""
    if '"' not in line:
        return line.split(",")
    fields: list[str] = []
    at = 0
    while True:
        if line.startswith('"', at):
            found = _QUOTED_FIELD.match(line, at)
            if found is None:
                return None
            fields.append(found[1].replace('""', '"'))
            end = found.end()
        else:
            comma = line.find(",", at)
            end = len(line) if comma < 0 else comma
            fields.append(line[at:end])
        if end == len(line):
            return fields
        at = end + 1


def _split_header(block: bytes) -> tuple[str, bytes, int]:
    """The first line that is not blank, what comes after it, and the number of the line after it."""
    line = 1
    while block:
        header, _, block = block.partition(b"\n")
        line += 1
        if header.strip():
            return header.decode("utf-8", "replace").strip(), block, line
    return "", b"", line


def _pieces(block: bytes) -> list[bytes]:
    """The block cut at line ends into pieces of about _PIECE_BYTES; one piece when it cannot be cut."""
    pieces = []
    start = 0
    while start < len(block):
        found = block.find(b"\n", start + _PIECE_BYTES)
        end = len(block) if found < 0 else found + 1
        pieces.append(block[start:end])
        start = end
    return pieces


def _plain(block: bytes, columns: Sequence[str], first_line: int) -> pa.Table | None:
    """The block by Arrow's reader, or None when something in it is out of the ordinary."""
    if b'"' in block or b"\n\n" in block or block.startswith(b"\n"):
        return None
    if b"\r" in block and block.count(b"\r") != block.count(b"\r\n"):
        return None
    if b"\n\r\n" in block or block.startswith(b"\r"):
        return None
    if not block.isascii():
        block = block.decode("utf-8", "replace").encode()
    try:
        table = _arrow(block, columns)
    except pa.ArrowInvalid:
        # A line with the wrong number of fields: the exact way says which.
        return None
    lines = block.count(b"\n") + (not block.endswith(b"\n"))
    if table.num_rows != lines:
        return None
    given = {name: table.column(name) for name in columns}
    nulls = pa.nulls(lines, pa.string())
    numbers = pa.arange(first_line, first_line + lines)
    arrays = [given.get(name, nulls) for name in _SCHEMA.names[:-1]]
    return pa.table([*arrays, numbers], schema=_SCHEMA)


def _arrow(block: bytes, columns: Sequence[str]) -> pa.Table:
    """The block as an Arrow table of text columns, nothing interpreted."""
    return pyarrow.csv.read_csv(
        pa.BufferReader(block),
        read_options=pyarrow.csv.ReadOptions(column_names=list(columns), block_size=len(block) + 1),
        parse_options=pyarrow.csv.ParseOptions(quote_char=False, ignore_empty_lines=False),
        convert_options=pyarrow.csv.ConvertOptions(
            check_utf8=False,
            column_types=dict.fromkeys(columns, pa.string()),
            strings_can_be_null=False,
        ),
    )


def _exact(block: bytes, columns: Sequence[str], first_line: int, *, is_last: bool) -> tuple[pa.Table, int, bytes]:
    """The block line by line: its rows, how many lines they took, and the bytes of a record cut off.

    A quoted value may run on into the next block; then, unless this is the last one, its record is left for
    the next call.
    """
    raw = block.split(b"\n")
    if not raw[-1]:
        raw.pop()
    lines = [line.removesuffix(b"\r").decode("utf-8", "replace") for line in raw]
    rows: dict[str, list[object]] = {name: [] for name in _SCHEMA.names}
    at = 0
    while at < len(lines):
        here = at
        fields, at = _record(lines, at, len(columns), is_last=is_last)
        if at == here:
            break
        if fields is None and (not lines[here] or lines[here].isspace()):
            continue
        values: dict[str, object] = (
            {"malformed": lines[here]} if fields is None else dict(zip(columns, fields, strict=True))
        )
        values["payload_line"] = first_line + here
        for name, column in rows.items():
            column.append(values.get(name))
    return pa.table(rows, schema=_SCHEMA), at, b"".join(line + b"\n" for line in raw[at:])


def _record(lines: Sequence[str], at: int, width: int, *, is_last: bool) -> tuple[list[str] | None, int]:
    """The record that begins at a line (None when it is malformed), and the line at which the next begins.

    A quoted value may contain line ends. When the lines it would take do not give a record of the right
    width, only its first line is malformed, so that one stray quote does not swallow what follows. The next
    record begins at this same line when more lines are needed to tell.
    """
    text = lines[at]
    fields = split_fields(text)
    taken = 1
    while fields is None and taken <= _MAX_CONTINUATION_LINES:
        if at + taken == len(lines):
            return None, at + 1 if is_last else at
        text += "\n" + lines[at + taken]
        taken += 1
        fields = split_fields(text)
    if fields is None or len(fields) != width:
        return None, at + 1
    return fields, at + taken
