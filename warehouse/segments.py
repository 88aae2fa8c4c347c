"""The file of one crawl: lines of JSON, each a gzip member of its own, so that a kill costs the last line at most.

The first line says what was to be read, then comes one line for each reply, and the last one says how it ended.
"""

import gzip
import json
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from warehouse.errors import LandingError

#: What segments are called; the whole name is `<YYYYMMDDTHHMMSSZ>-<12 hex digits>` and this.
SEGMENT_EXTENSION = ".responses.jsonl.gz"
Line = Mapping[str, Any]
#: Appending must be cheap: a megabyte of JSON takes some ten milliseconds at this level.
_LEVEL = 1
#: What follows a member in a block is copied for the next one, so blocks are small.
_BLOCK_BYTES = 64_000


def line_text(line: Line) -> str:
    """A line as JSON, without its line end.

    Raises:
        LandingError: when it cannot be written as JSON.
    """
    try:
        text = json.dumps(dict(line), ensure_ascii=False, allow_nan=False)
        # Half a surrogate pair has no UTF-8; as an escape it survives.
        return text if text.isascii() or _is_encodable(text) else json.dumps(dict(line), allow_nan=False)
    except (TypeError, ValueError) as problem:
        raise LandingError(f"a response cannot be written as JSON: {problem}") from problem


def member(line: Line) -> bytes:
    """A line as the gzip member that is appended; equal lines give equal bytes."""
    return gzip.compress(f"{line_text(line)}\n".encode(), compresslevel=_LEVEL, mtime=0)


def whole_members(file: Path) -> Iterator[tuple[int, bytes]]:
    """The offset at which each whole member ends, and what it holds, up to the first that is torn."""
    with file.open("rb") as opened:
        end, pending = 0, b""
        while True:
            decoder = zlib.decompressobj(wbits=31)
            parts: list[bytes] = []
            while not decoder.eof:
                pending = pending or opened.read(_BLOCK_BYTES)
                if not pending:
                    return
                try:
                    parts.append(decoder.decompress(pending))
                except zlib.error:
                    return
                end += len(pending) - len(decoder.unused_data)
                pending = decoder.unused_data
            yield end, b"".join(parts)


def read_segment(file: Path, size: int | None = None) -> Iterator[tuple[int, dict[str, Any]]]:
    """The lines of a segment with their numbers, the first being 1, one member at a time.

    Args:
        file: the segment, sealed or open.
        size: how many of its bytes are read; default is all of it.

    Raises:
        LandingError: naming the file, when it has no whole members up to that size, or a line is no object.
    """
    wanted = file.stat().st_size if size is None else size
    reached = number = 0
    members = whole_members(file) if wanted else iter(())
    for end, content in members:
        for text in content.splitlines():
            number += 1
            yield number, parse_line(file, number, text)
        reached = end
        if reached >= wanted:
            break
    if reached != wanted:
        raise LandingError(f"{file} is damaged after byte {reached:,}; restore it from a copy")


def parse_line(file: Path, number: int, text: bytes) -> dict[str, Any]:
    """One line of a segment.

    Raises:
        LandingError: naming file and line, when it is no JSON object with a kind.
    """
    try:
        line = json.loads(text)
    except ValueError as problem:
        raise LandingError(f"{file}:{number}: not JSON ({problem}); restore the file from a copy") from problem
    if not isinstance(line, dict) or "kind" not in line:
        raise LandingError(f"{file}:{number}: no line of a crawl; restore the file from a copy")
    return line


def _is_encodable(text: str) -> bool:
    """Whether the text has a UTF-8 form."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
