"""Landed files without certain users: the same file, and the same users, always give the same bytes.

The one rule: only what is about these users goes; every other line stays as it is, in its order.
"""

import gzip
import json
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute

from warehouse.rawlines import read_blocks
from warehouse.rawratings import read_ratings, split_fields
from warehouse.segments import SEGMENT_EXTENSION, member, read_segment

#: Whether somebody is to go, by any way to call them.
IsGone = Callable[[str], bool]
Line = dict[str, Any]
_SEGMENT_NAMES = (SEGMENT_EXTENSION, f"{SEGMENT_EXTENSION}.open")
#: Under keys of these names a text may be a person.
_PERSON = re.compile(r"user|author|reviewer", re.IGNORECASE)
_PIECE_BYTES = 1_000_000


def rows_about(file: Path, source: str, is_gone: IsGone) -> int:
    """How many rows of a personal stream's file are about these users; 0 = it needs no rewriting.

    Rows are lines of a ratings file; in a segment a response about a user, a review by one, and the mention
    of one in the plan count as one each.

    Raises:
        LandingError: when the file cannot be read as what its name says.
    """
    if file.name.endswith(_SEGMENT_NAMES):
        return sum(kept_line(line, is_gone)[1] for _, line in read_segment(file))
    if file.name.endswith(".csv.gz"):
        return sum(rows for _, rows in _gone_lines(file, source, is_gone))
    return 0


def write_without(file: Path, target: Path, source: str, is_gone: IsGone) -> None:
    """Write the file without what is about these users to the target, which is not yet made lasting."""
    with target.open("wb") as opened:
        if file.name.endswith(_SEGMENT_NAMES):
            for _, line in read_segment(file):
                kept, _ = kept_line(line, is_gone)
                if kept is not None:
                    opened.write(member(kept))
            return
        with gzip.GzipFile(filename="", mode="wb", fileobj=opened, compresslevel=6, mtime=0) as packed:
            for piece in _even(_kept_lines(file, source, is_gone)):
                packed.write(piece)


def kept_line(line: Line, is_gone: IsGone) -> tuple[Line | None, int]:
    """A segment's line without these users, None where nothing is left, and how many mentions went."""
    if line["kind"] == "crawl":
        plan = line.get("plan") or {}
        subjects = plan.get("subjects") or []
        kept = [subject for subject in subjects if not is_gone(subject)]
        removed = len(subjects) - len(kept)
        return (line | {"plan": plan | {"subjects": kept}} if removed else line), removed
    if line["kind"] != "response":
        return line, 0
    if line.get("subject") is not None and is_gone(line["subject"]):
        return None, 1
    try:
        document, removed = _pruned(json.loads(line.get("body") or "null"), is_gone)
    except ValueError:
        # No JSON is no answer of the source either: a page of HTML between two tries.
        return line, 0
    if not removed:
        return (None, 1) if mentions(document, is_gone) else (line, 0)
    if mentions(document, is_gone):
        return None, removed
    body = json.dumps(document, ensure_ascii=False)
    return line | {"body": body, "sha256": sha256(body.encode("utf-8", "replace")).hexdigest()}, removed


def _pruned(node: Any, is_gone: IsGone) -> tuple[Any, int]:
    """A document with null for those items of its lists that are about these users, and how many they were.

    The others keep their places: an interrupted crawl that is told its answers again counts them.
    """
    if isinstance(node, dict):
        parts = {name: _pruned(part, is_gone) for name, part in node.items()}
        return {name: part for name, (part, _) in parts.items()}, sum(removed for _, removed in parts.values())
    if isinstance(node, list):
        gone = [isinstance(item, dict) and mentions(item, is_gone) for item in node]
        return [None if is_out else item for item, is_out in zip(node, gone, strict=True)], sum(gone)
    return node, 0


def mentions(node: Any, is_gone: IsGone, is_person: bool = False) -> bool:
    """Whether one of these users stands where a person is named."""
    if isinstance(node, dict):
        is_person = is_person or node.get("type") == "users"
        return any(
            mentions(part, is_gone, is_person or _PERSON.search(name) is not None) for name, part in node.items()
        )
    if isinstance(node, list):
        return any(mentions(item, is_gone, is_person) for item in node)
    return is_person and isinstance(node, str) and is_gone(node)


def _gone_lines(file: Path, source: str, is_gone: IsGone) -> Iterator[tuple[range, int]]:
    """The lines of a ratings file that go, in order, and how many rows they are.

    A record reaches to where the next one begins, since a quoted value may run over several lines.
    """
    begun: int | None = None
    with closing(read_ratings(file, source)) as batches:
        for batch in batches:
            if not batch.num_rows:
                continue
            numbers = batch.column("payload_line")
            if begun is not None:
                yield range(begun, numbers[0].as_py()), 1
                begun = None
            for at in gone_rows(batch, is_gone):
                first = numbers[at].as_py()
                if at + 1 == batch.num_rows:
                    begun = first
                else:
                    yield range(first, numbers[at + 1].as_py()), 1
    if begun is not None:
        yield range(begun, 1 << 62), 1


def gone_rows(batch: pa.Table, is_gone: IsGone) -> list[int]:
    """The places of the batch's rows that are about these users; a malformed line is, when a field names one."""
    users = batch.column("user_id")
    gone = [user for user in users.unique().to_pylist() if user is not None and is_gone(user.strip())]
    lines = batch.column("malformed")
    broken = [
        line
        for line in lines.unique().to_pylist()
        if line is not None and any(is_gone(part.strip().strip('"').strip()) for part in _fields(line))
    ]
    if not gone and not broken:
        return []
    found = pyarrow.compute.or_(_is_in(users, gone), _is_in(lines, broken))
    places: list[int] = pyarrow.compute.indices_nonzero(found).to_pylist()
    return places


def _fields(line: str) -> list[str]:
    """What stands between the commas of a line, quoted or not."""
    return [*line.split(","), *(split_fields(line) or [])]


def _is_in(column: pa.ChunkedArray, values: list[str]) -> pa.ChunkedArray:
    """Where the column has one of the values; false where it is null."""
    return pyarrow.compute.is_in(column, value_set=pa.array(values, pa.string()))


def _kept_lines(file: Path, source: str, is_gone: IsGone) -> Iterator[bytes]:
    """The text of a ratings file without the lines that go, block by block."""
    going = (lines for lines, _ in _gone_lines(file, source, is_gone))
    gone = next(going, None)
    number = 1
    for block in read_blocks(file):
        lines = block.splitlines(keepends=True) if b"\r" not in block else _lines(block)
        if gone is None or gone.start >= number + len(lines):
            number += len(lines)
            yield block
            continue
        kept = []
        for line in lines:
            while gone is not None and gone.stop <= number:
                gone = next(going, None)
            if gone is None or number not in gone:
                kept.append(line)
            number += 1
        yield b"".join(kept)


def _lines(block: bytes) -> list[bytes]:
    """The lines of a block, which end with a line feed and nothing else."""
    return [line for line in re.split(rb"(?<=\n)", block) if line]


def _even(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of one size, so that they are compressed alike however they were read."""
    waiting = bytearray()
    for block in blocks:
        waiting += block
        while len(waiting) >= _PIECE_BYTES:
            yield bytes(waiting[:_PIECE_BYTES])
            del waiting[:_PIECE_BYTES]
    if waiting:
        yield bytes(waiting)
