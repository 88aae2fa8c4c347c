"""Segments as rows: the records of every answer that was used, each with its place in the file.

The one rule: what a record is, the source's adapter says; here it is only counted, never judged.
"""

import json
import re
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from warehouse.errors import LandingError
from warehouse.rawlines import BLOCK_BYTES
from warehouse.redaction import IsGone, kept_line
from warehouse.segments import read_segment

#: The records in one answer's document, in order.
Unpack = Callable[[Any], Sequence[Mapping[str, Any]]]
_SCHEMA = pa.schema(
    [
        ("payload", pa.string()),
        ("subject", pa.string()),
        ("payload_line", pa.int64()),
        ("payload_item", pa.int64()),
        ("captured_at", pa.timestamp("us", tz="UTC")),
    ]
)
_HALF_A_PAIR = re.compile(r"[\ud800-\udfff]")


@dataclass
class Segment:
    """What a segment says about its crawl, filled while its rows are read.

    Attributes:
        header: its first line; {} until it was read.
        end: its last line; {} until it was read.
        responses: replies that were kept.
        accepted: of these, replies that were used.
        reads: for each subject that was answered about, when last, and how many records that gave since there was
            last said to be none: a list that closes between two of its pages gives none.
    """

    header: dict[str, Any] = field(default_factory=dict)
    end: dict[str, Any] = field(default_factory=dict)
    responses: int = 0
    accepted: int = 0
    reads: dict[str, tuple[datetime, int]] = field(default_factory=dict)

    def note_read(self, line: Mapping[str, Any], fetched_at: datetime, records: int) -> None:
        """Note an answer that is about somebody, if it is; one without records, or that there are none, is one too."""
        if (subject := line["subject"]) is not None:
            at, before = self.reads.get(subject, (fetched_at, 0))
            is_closed = bool(line["note"]) and not line["lookup"]
            self.reads[subject] = (max(at, fetched_at), 0 if is_closed else before + records)

    def as_row(self) -> dict[str, Any]:
        """What stands in raw.crawl, by its columns, except where the file lies and whose it is.

        Raises:
            KeyError, TypeError or ValueError: when a line lacks what it must say.
        """
        plan = self.header["plan"]
        return {
            "kind": plan["kind"],
            "partition": plan.get("partition"),
            "started_at": datetime.fromisoformat(self.header["started_at"]),
            "ended_at": datetime.fromisoformat(self.end["ended_at"]),
            "responses": self.responses,
            "accepted": self.accepted,
            "watermark": self.end["watermark"],
            "gone": [str(one) for one in self.end["gone"]],
            "ids": [str(one) for one in plan["ids"]],
            "notes": json.dumps(self.end["notes"], ensure_ascii=False),
            "reads": [
                {"subject": subject, "read_at": at, "records": records} for subject, (at, records) in self.reads.items()
            ],
        }


def read_responses(
    file: Path, unpack: Unpack, segment: Segment, is_gone: IsGone | None = None, block_bytes: int = BLOCK_BYTES
) -> Generator[pa.Table]:
    """Batches (payload, subject, payload_line, payload_item, captured_at) of every record, in file order.

    Records come from answers that were accepted, are no lookups, and do not say that there is no such thing.
    A record that is no JSON object gives no row, but counts in the numbering.

    Args:
        file: a sealed segment.
        unpack: gives the records in an answer.
        segment: is filled with what the file says about its crawl.
        is_gone: tells who was forgotten; what is about them gives no row.
        block_bytes: how much text is taken together into one batch.

    Raises:
        LandingError: naming file and line, when the file is damaged or has not ended, or an answer cannot be
            unpacked.
    """
    rows: list[tuple[str, str | None, int, int, datetime]] = []
    size = 0
    for number, whole in read_segment(file):
        _count(segment, whole)
        line = whole if is_gone is None else kept_line(whole, is_gone)[0]
        if line is None or line["kind"] != "response" or not line["accepted"]:
            continue
        records = list(_records(file, number, line, unpack)) if _has_records(line) else []
        fetched_at = datetime.fromisoformat(line["fetched_at"])
        segment.note_read(line, fetched_at, len(records))
        rows += [(text, line["subject"], number, item, fetched_at) for item, text in records]
        size += sum(len(text) for _, text in records)
        if size >= block_bytes:
            yield _table(rows)
            rows, size = [], 0
    if not segment.header or not segment.end:
        raise LandingError(f"{file} is no finished crawl: its first or last line is missing; restore it from a copy")
    if rows:
        yield _table(rows)


def _count(segment: Segment, line: dict[str, Any]) -> None:
    """Note what a line says about the crawl."""
    if line["kind"] == "crawl":
        segment.header = line
    elif line["kind"] == "end":
        segment.end = line
    else:
        segment.responses += 1
        segment.accepted += bool(line["accepted"])


def _has_records(line: Mapping[str, Any]) -> bool:
    """Whether the answer is one that has records."""
    return not line["lookup"] and not line["note"]


def _records(file: Path, number: int, line: Mapping[str, Any], unpack: Unpack) -> Iterator[tuple[int, str]]:
    """The records of one answer with their place, as JSON text."""
    try:
        # A byte order mark is no part of the JSON: the adapters read what comes behind it.
        document = json.loads(line["body"].removeprefix("\ufeff"))
    except ValueError as problem:
        raise LandingError(f"{file}:{number}: the body of an accepted response is no JSON ({problem})") from problem
    try:
        records = list(unpack(document))
    except (LookupError, TypeError, ValueError, AttributeError) as problem:
        raise LandingError(
            f"{file}:{number}: no records can be found in this response ({problem!r}); it is not of the form that "
            "this version reads"
        ) from problem
    for item, record in enumerate(records, start=1):
        if isinstance(record, Mapping):
            yield item, _HALF_A_PAIR.sub("\ufffd", json.dumps(dict(record), ensure_ascii=False))


def _table(rows: list[tuple[str, str | None, int, int, datetime]]) -> pa.Table:
    """Rows as an Arrow table."""
    columns = list(zip(*rows, strict=True))
    arrays = [pa.array(column, kind) for column, kind in zip(columns, _SCHEMA.types, strict=True)]
    return pa.table(arrays, schema=_SCHEMA)
