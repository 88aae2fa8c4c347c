"""What matching knows about one catalogue record, and when it says it began.

Everything here is a source's own statement in the canonical vocabulary of the staging tables; absent is None
(or an empty tuple), never a guess.
"""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from matching.errors import RecordError

#: first month of each season; the year of a winter is the year of its January
SEASON_MONTHS = {"WINTER": 1, "SPRING": 4, "SUMMER": 7, "FALL": 10}
#: what `day_kind` tells of a start
NO_DAY, OTHER_DAY, QUARTER = range(3)


@dataclass(frozen=True, slots=True)
class AnimeRecord:
    """One record of one source's catalogue, as far as identity is concerned.

    `titles` holds the main title first, then every other title and synonym in any language; `native_titles`
    those known to be in the original script, `synonyms` those that are no name of the source's own. `claimed` are
    (source, source_id) pairs the record says it is the same as; `related` are (relation type, source_id) of records
    of the same source it calls its sequel, prequel or other relative. `popularity` counts users.
    `start_date_precision` is 'day', 'month', 'season' or 'year'. `has_begun` tells that the source says so, also where
    it does not say when. `unbegun_in` is, of a record that may not have begun, the year in which its source was asked,
    as `unbegun` finds out; None where nobody has.
    """

    source: str
    source_id: str
    titles: tuple[str, ...] = ()
    native_titles: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()
    slug: str | None = None
    format: str | None = None
    episodes: int | None = None
    duration_minutes: float | None = None
    start_year: int | None = None
    start_date: date | None = None
    start_date_precision: str | None = None
    season: str | None = None
    studios: tuple[str, ...] = ()
    source_material: str | None = None
    claimed: tuple[tuple[str, str], ...] = ()
    related: tuple[tuple[str, str], ...] = ()
    popularity: int | None = None
    has_begun: bool = False
    unbegun_in: int | None = None

    @property
    def name(self) -> tuple[str, str]:
        """What identifies the record: (source, source_id)."""
        return (self.source, self.source_id)

    @property
    def year(self) -> int | None:
        """The calendar year of the start, from the date where there is one; None when the record does not say."""
        return self.start_date.year if self.start_date is not None else self.start_year


def record_from_row(row: Mapping[str, Any]) -> AnimeRecord:
    """The record that a row of the warehouse tells of, with a column per field and one per claimed source.

    Raises:
        KeyError: the row lacks a column.
    """
    claims = (("myanimelist", row["claimed_myanimelist_id"]), ("anilist", row["claimed_anilist_id"]))
    return AnimeRecord(
        source=row["source"],
        source_id=row["source_id"],
        titles=tuple(dict.fromkeys(row["titles"])),
        native_titles=tuple(row["native_titles"]),
        synonyms=tuple(dict.fromkeys(row["synonyms"])),
        slug=row["slug"],
        format=row["format"],
        episodes=row["episodes"],
        duration_minutes=row["duration_minutes"],
        start_year=row["start_year"],
        start_date=row["start_date"],
        start_date_precision=row["start_date_precision"],
        season=row["season"],
        has_begun=row["has_begun"],
        studios=tuple(row["studios"]),
        source_material=row["source_material"],
        claimed=tuple((source, source_id) for source, source_id in claims if source_id is not None),
        related=tuple((one["relation_type"] or "", one["source_id"]) for one in row["related"]),
        popularity=row["popularity"],
    )


def canonical_order(records: Iterable[AnimeRecord]) -> list[AnimeRecord]:
    """The records by source and id, so that the order they came in changes nothing.

    Raises:
        RecordError: a record without source or id, or the same (source, source_id) twice.
    """
    ordered = sorted(records, key=lambda record: record.name)
    for record in ordered:
        if not record.source or not record.source_id:
            raise RecordError(f"record {record.name!r} names no source or no id; every record needs both")
    for before, record in pairwise(ordered):
        if before.name == record.name:
            raise RecordError(
                f"{record.source} {record.source_id} was handed over twice; staging keeps only the newest"
            )
    return ordered


def start_interval(record: AnimeRecord) -> tuple[int, int] | None:
    """First and last day (proleptic ordinals) on which the record can have begun; None when it does not say."""
    start, precision = record.start_date, record.start_date_precision or "day"
    if start is not None and precision == "day":
        return start.toordinal(), start.toordinal()
    if start is not None and precision in ("month", "season"):
        return _months(start.year, start.month, 1 if precision == "month" else 3)
    year = record.year
    if year is None or not 1 <= year <= 9998:
        return None
    if start is None and record.season in SEASON_MONTHS:
        return _months(year, SEASON_MONTHS[record.season], 3)
    return date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()


def coarse_sources(records: Sequence[AnimeRecord]) -> frozenset[str]:
    """Sources whose "exact" dates are nearly all the first day of a quarter: they are exact to the season only.

    A single such date may well be true (many series begin on the first of April), nineteen in twenty are not.
    """
    counts = Counter((record.source, day_kind(record)) for record in records)
    return frozenset(source for source, _ in counts if is_coarse(counts[source, OTHER_DAY], counts[source, QUARTER]))


def day_kind(record: AnimeRecord) -> int:
    """NO_DAY when the start is not given to the day, QUARTER when it is the first day of one, else OTHER_DAY."""
    if record.start_date is None or record.start_date_precision not in (None, "day"):
        return NO_DAY
    return QUARTER if record.start_date.day == 1 and record.start_date.month in SEASON_MONTHS.values() else OTHER_DAY


def is_coarse(other_days: int, quarters: int) -> bool:
    """Whether a source with so many starts on other days and on first days of quarters means seasons."""
    return quarters + other_days >= 20 and quarters >= 0.95 * (quarters + other_days)


def _months(year: int, month: int, count: int) -> tuple[int, int]:
    """First and last day of `count` months beginning with this one."""
    last = month + count - 1
    last_year, last_month = year + (last - 1) // 12, (last - 1) % 12 + 1
    last_day = calendar.monthrange(last_year, last_month)[1]
    return date(year, month, 1).toordinal(), date(last_year, last_month, last_day).toordinal()
