"""What the published snapshot knows about identity: catalogue records, compared pairs, decisions, lives of keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from matching.records import AnimeRecord, record_from_row
from serving.errors import OldSnapshotError, UnknownRecordError
from serving.reader import Reader
from warehouse.build import table_exists
from warehouse.connection import Warehouse

#: What must be published before a question about identity can be answered.
_TABLES = ("main.dim_anime_record", "main.fact_match_candidate", "main.fact_match_override", "main.anime_key_history")


@dataclass(frozen=True)
class CatalogueRecord:
    """One record of one source's catalogue, and the anime that it is for now.

    Attributes:
        record: as matching knows it.
        anime_key: the anime.
        anime: that anime's title with format and year; its key where it has no title.
    """

    record: AnimeRecord
    anime_key: int
    anime: str

    @property
    def name(self) -> str:
        """The record as people write it: `anilist:1`."""
        return f"{self.record.source}:{self.record.source_id}"

    @property
    def title(self) -> str:
        """Its main title; '' without any."""
        return self.record.titles[0] if self.record.titles else ""


class IdentityReader(Reader):
    """One open snapshot and the questions about identity that can be put to it.

    Args:
        connection: a reader's connection, which stays whoever's it is.

    Raises:
        OldSnapshotError: when the snapshot was published before these tables existed.
    """

    def __init__(self, connection: Any) -> None:
        super().__init__(connection)
        missing = [table for table in _TABLES if not table_exists(connection, table)]
        if missing:
            raise OldSnapshotError(
                f"the published snapshot has no table {missing[0].removeprefix('main.')}: an earlier version made "
                "it. `osusume run` publishes a new one"
            )

    @classmethod
    def of(cls, reader: Reader) -> IdentityReader:
        """The snapshot that the reader reads, for these questions as well."""
        return cls(reader._connection)

    def named(self, source: str, source_id: str) -> CatalogueRecord:
        """The record of that source and id.

        Raises:
            UnknownRecordError: when there is none, with what the id may be.
        """
        record = self.record(source, source_id)
        if record is None:
            elsewhere = [row for row in self.records_of_id(source_id) if row["source"] != source]
            raise UnknownRecordError(
                f"{source} has no record {source_id!r}.{offer('That id is', elsewhere)}"
                f"{offer('Records are named like', self.example_records())}"
            )
        return record

    def record(self, source: str, source_id: str) -> CatalogueRecord | None:
        """The record of that source and id; None when there is none."""
        found = self._rows("catalogue_records", anime_key=None, source=source, source_id=source_id)
        return _record(found[0]) if found else None

    def records(self, anime_key: int) -> tuple[CatalogueRecord, ...]:
        """The records of one anime, by source; () for an anime that only ratings mention."""
        found = self._rows("catalogue_records", anime_key=anime_key, source=None, source_id=None)
        return tuple(_record(row) for row in found)

    def records_of_id(self, source_id: str) -> list[dict[str, Any]]:
        """Source, source_id and title of every record of that id, whatever the source."""
        return self._rows("records_of_id", source_id=source_id)

    def example_records(self) -> list[dict[str, Any]]:
        """Source, source_id and title of the most popular record of each source."""
        return self._rows("example_records")

    def candidate(self, one: AnimeRecord, other: AnimeRecord) -> dict[str, Any] | None:
        """The row of fact_match_candidate about the two; None when the run did not compare them."""
        found = self._rows("match_candidate", **_both(one, other))
        return found[0] if found else None

    def decisions(self, one: AnimeRecord, other: AnimeRecord) -> list[dict[str, Any]]:
        """The rows of fact_match_override that name both, the newest first."""
        return self._rows("match_decisions", **_both(one, other))

    def key_events(self, one: AnimeRecord) -> list[dict[str, Any]]:
        """What happened to the record and to the keys it ever had, in order; see anime_key_history."""
        return self._rows("key_events", source=one.source, source_id=one.source_id)


@contextmanager
def open_identities(warehouse: Warehouse) -> Iterator[IdentityReader]:
    """A reader of the snapshot as it is now.

    Raises:
        NothingPublished: when there is no snapshot yet.
        OldSnapshotError: when it was published before these tables existed.
    """
    with warehouse.reader() as connection:
        yield IdentityReader(connection)


def offer(opening: str, rows: Sequence[dict[str, Any]]) -> str:
    """A sentence that offers records by name and title, with a blank before it; '' without any."""
    names = " or ".join(f"{row['source']}:{row['source_id']} (“{row['title']}”)" for row in rows)
    return f" {opening} {names}." if rows else ""


def _both(one: AnimeRecord, other: AnimeRecord) -> dict[str, str]:
    """Two records as parameters of a question."""
    return {
        "one_source": one.source,
        "one_id": one.source_id,
        "other_source": other.source,
        "other_id": other.source_id,
    }


def _record(row: Mapping[str, Any]) -> CatalogueRecord:
    """A row of catalogue_records."""
    details = ", ".join(str(one) for one in (row["anime_format"], row["anime_start_year"]) if one)
    title = row["anime_title"] or f"anime {row['anime_key']}"
    return CatalogueRecord(record_from_row(row), row["anime_key"], f"{title} ({details})" if details else title)
