"""The records of one run as columns: dates as day intervals, numbers, and a table of all their parsed titles.

Everything later (candidates, evidence) works on these arrays; the texts themselves are only looked at again to
explain a decision.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import scipy
from numpy.typing import NDArray

from matching.crossids import Claims, claims_of
from matching.digests import name_digests
from matching.records import AnimeRecord, canonical_order, coarse_sources, start_interval
from matching.titletable import TitleTable, title_table

Ints = NDArray[np.int64]
Table = TypeVar("Table", TitleTable, "Corpus")

FORMATS = ("UNKNOWN", "TV", "TV_SHORT", "ONA", "OVA", "SPECIAL", "MOVIE", "MUSIC", "PROMO")
MISSING = -1


@dataclass(frozen=True)
class Corpus:
    """Records in canonical order with their columns; `titles` row span of record i is first[i]:first[i + 1].

    `low` and `high` bound the start day (MISSING when unknown), `episodes`, `year` and `popularity` are MISSING
    when unknown; `source` indexes `sources`, `format` indexes FORMATS.
    """

    records: tuple[AnimeRecord, ...]
    sources: tuple[str, ...]
    source: Ints
    format: Ints
    episodes: Ints
    year: Ints
    low: Ints
    high: Ints
    popularity: Ints
    titles: TitleTable
    first: Ints

    @cached_property
    def name(self) -> Ints:
        """The digest of each record's name."""
        return name_digests(record.name for record in self.records)

    @cached_property
    def claims(self) -> Claims:
        """What the records say they are."""
        return claims_of(self.records)

    def as_written(self) -> Corpus:
        """The same without the titles' spellings for comparing, which take up most of the memory."""
        nothing: dict[str, Any] = {name: [] for name in ("full", "base", "spaced", "head", "tail")}
        return replace(self, titles=replace(self.titles, **nothing))

    def part(self, members: Ints) -> tuple[Corpus, Ints]:
        """Some records (ascending positions) with all they say, and the title rows they have in the whole."""
        many = self.first[members + 1] - self.first[members]
        rows, first = runs(self.first[members], many), np.r_[0, np.cumsum(many)].astype(np.int64)
        titles = _taken(self.titles, rows, record=np.repeat(np.arange(len(members)), many))
        return _taken(self, members, sources=self.sources, titles=titles, first=first), rows

    def beside(self, other: Corpus) -> Corpus:
        """Both as one, to tell what they say: numbers that stand for names or sources are those of each alone."""
        record = np.r_[self.titles.record, other.titles.record + len(self.records)]
        titles = _stacked(self.titles, other.titles, record=record)
        first = np.r_[self.first, self.first[-1] + other.first[1:]]
        return _stacked(self, other, sources=self.sources, titles=titles, first=first)


def runs(begins: Ints, many: Ints) -> Ints:
    """The rows of several runs one after the other, `many` rows from each of `begins` on."""
    return np.repeat(begins - np.cumsum(many) + many, many) + np.arange(int(many.sum()))


def build_corpus(records: Iterable[AnimeRecord], coarse: frozenset[str] | None = None) -> Corpus:
    """The records as columns, in canonical order; works for none, for one source, and for records without titles.

    Args:
        records: the catalogue, or a part of it.
        coarse: sources whose days are exact to the season only, where `records` are too few to tell; None finds out.

    Raises:
        RecordError: a record twice, or one without source or id.
    """
    ordered = canonical_order(records)
    rough = coarse_sources(ordered) if coarse is None else coarse
    sources = tuple(sorted({record.source for record in ordered}))
    code = {name: number for number, name in enumerate(sources)}
    source = _ints(code[record.source] for record in ordered)
    spans = [_interval(record, rough) for record in ordered]
    titles, first = title_table(ordered, source)
    return Corpus(
        records=tuple(ordered),
        sources=sources,
        source=source,
        format=_ints(_format(record.format) for record in ordered),
        episodes=_ints(record.episodes or MISSING for record in ordered),
        year=_ints(record.year or MISSING for record in ordered),
        low=_ints(low for low, _ in spans),
        high=_ints(high for _, high in spans),
        popularity=_ints(MISSING if record.popularity is None else record.popularity for record in ordered),
        titles=titles,
        first=first,
    )


def _taken(table: Table, rows: Ints, **given: Any) -> Table:
    """The table with some rows of each column; `given` columns are taken as they are."""
    for field in fields(table):
        if field.name not in given:
            column = getattr(table, field.name)
            is_array = isinstance(column, np.ndarray | scipy.sparse.csr_matrix)
            taken = column[rows] if is_array else list(map(column.__getitem__, rows.tolist()))
            given[field.name] = tuple(taken) if isinstance(column, tuple) else taken
    return type(table)(**given)


def _stacked(one: Table, other: Table, **given: Any) -> Table:
    """The rows of one table and then of another; `given` columns are taken as they are."""
    for field in fields(one):
        if field.name not in given:
            mine, theirs = getattr(one, field.name), getattr(other, field.name)
            if isinstance(mine, scipy.sparse.csr_matrix):
                given[field.name] = scipy.sparse.vstack([mine, theirs], format="csr")
            else:
                given[field.name] = np.r_[mine, theirs] if isinstance(mine, np.ndarray) else mine + theirs
    return type(one)(**given)


def _interval(record: AnimeRecord, coarse: frozenset[str]) -> tuple[int, int]:
    """First and last day of the start; a day of a coarse source stands for its season."""
    if record.source in coarse and record.start_date_precision in (None, "day"):
        record = replace(record, start_date_precision="season")
    return start_interval(record) or (MISSING, MISSING)


def _ints(values: Iterable[int]) -> Ints:
    return np.fromiter(values, dtype=np.int64)


def _format(name: str | None) -> int:
    return FORMATS.index(name) if name in FORMATS else 0
