"""Records with details taken away, to learn from: what is known of a well-kept record, many others do not say.

Half of the hard pairs hold a record that knows only titles, kind and year. Such pairs are few among the known ones,
but every well-kept record makes one more when its details are hidden.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from matching.records import AnimeRecord


@dataclass(frozen=True)
class Dimming:
    """Shares (0-1) of records that lose their details (days, episodes, users, makers), and some of their titles."""

    details: float
    titles: float


def unevenly_kept(records: Sequence[AnimeRecord]) -> frozenset[str]:
    """Sources of which at least one record in ten names no day or month, and at least one in ten does."""
    known: dict[str, list[bool]] = {}
    for record in records:
        exact = record.start_date is not None and record.start_date_precision != "year"
        known.setdefault(record.source, []).append(exact)
    return frozenset(source for source, flags in known.items() if 0.1 <= sum(flags) / len(flags) <= 0.9)


def dimmed(records: Sequence[AnimeRecord], dimming: Dimming, detailed: frozenset[str], seed: int) -> list[AnimeRecord]:
    """The same records in the same order, some of them saying less.

    Args:
        records: all records.
        dimming: how many lose what.
        detailed: the sources whose records lose details; any may lose titles, never all of them.
        seed: which records, and which titles.
    """
    random = np.random.default_rng(seed)
    drawn = random.random((len(records), 2))
    out = []
    for record, (details, titles) in zip(records, drawn.tolist(), strict=True):
        if record.source in detailed and details < dimming.details and record.start_date is not None:
            record = _without_details(record)
        if titles < dimming.titles and len(record.titles) > 1:
            record = _without_titles(record, random)
        out.append(record)
    return out


def _without_details(record: AnimeRecord) -> AnimeRecord:
    """Only titles, format and the year stay."""
    return replace(
        record,
        start_date=None,
        start_date_precision=None,
        start_year=record.year,
        season=None,
        episodes=None,
        duration_minutes=None,
        popularity=None,
        studios=(),
        source_material=None,
    )


def _without_titles(record: AnimeRecord, random: np.random.Generator) -> AnimeRecord:
    """About half of the titles stay; mostly the main one is among them, and one always does."""
    kept = random.random(len(record.titles)) < 0.5
    kept[0] = not kept[1:].any() or random.random() < 0.7
    titles = tuple(title for title, stays in zip(record.titles, kept.tolist(), strict=True) if stays)
    return replace(
        record,
        titles=titles,
        native_titles=tuple(title for title in record.native_titles if title in titles),
        synonyms=tuple(title for title in record.synonyms if title in titles),
    )
