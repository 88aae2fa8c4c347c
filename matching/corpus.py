"""The records of one run as columns: dates as day intervals, numbers, and a table of all their parsed titles.

Everything later (candidates, evidence) works on these arrays; the texts themselves are only looked at again to
explain a decision.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matching.normalise import marks, normalise_all
from matching.records import AnimeRecord, canonical_order, coarse_sources, start_interval
from matching.romaji import fold, is_written_in_kana, romanise
from matching.titles import ParsedTitle, parse

Ints = NDArray[np.int64]

#: kinds of titles, in the order in which duplicates are kept
MAIN, ALTERNATIVE, NATIVE, SLUG, TRANSLITERATED = range(5)
#: more titles than this add work, not evidence: what follows are mostly translations
TITLES_PER_RECORD = 14
FORMATS = ("UNKNOWN", "TV", "TV_SHORT", "ONA", "OVA", "SPECIAL", "MOVIE", "MUSIC", "PROMO")
LATIN, EAST_ASIAN, OTHER = 1, 2, 4
MISSING = -1


@dataclass(frozen=True)
class TitleTable:
    """All titles of all records, one row each, rows of one record together.

    `full` is the folded name with its season, part and year written one way; `base` the folded name alone, both
    without spaces, for comparing; `spaced` is the base with its spaces; `head` and `tail` are the base before and
    after the first subtitle sign (tail "" without one). Equal `key` ids mean equal base, season,
    part and year; equal `base_id` equal base; equal `exact` ids mean equal but for case and width. `shared` counts
    the records of the same source that carry the same key, `shared_base` those that carry the same base.
    """

    text: list[str]
    full: list[str]
    base: list[str]
    spaced: list[str]
    head: list[str]
    tail: list[str]
    record: Ints
    kind: Ints
    season: Ints
    part: Ints
    year: Ints
    kinds: Ints
    script: Ints
    marks: Ints
    key: Ints
    base_id: Ints
    exact: Ints
    shared: Ints
    shared_base: Ints


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


def build_corpus(records: Iterable[AnimeRecord]) -> Corpus:
    """The records as columns, in canonical order; works for none, for one source, and for records without titles.

    Raises:
        RecordError: a record twice, or one without source or id.
    """
    ordered = canonical_order(records)
    coarse = coarse_sources(ordered)
    ordered_dates = [replace(r, start_date_precision="season") if _is_coarse(r, coarse) else r for r in ordered]
    sources = tuple(sorted({record.source for record in ordered}))
    spans = [start_interval(record) or (MISSING, MISSING) for record in ordered_dates]
    titles, first = _title_table(ordered)
    return Corpus(
        records=tuple(ordered),
        sources=sources,
        source=_ints(sources.index(record.source) for record in ordered),
        format=_ints(_format(record.format) for record in ordered),
        episodes=_ints(record.episodes or MISSING for record in ordered),
        year=_ints(_year(record) for record in ordered),
        low=_ints(low for low, _ in spans),
        high=_ints(high for _, high in spans),
        popularity=_ints(MISSING if record.popularity is None else record.popularity for record in ordered),
        titles=titles,
        first=first,
    )


def _is_coarse(record: AnimeRecord, coarse: frozenset[str]) -> bool:
    return record.source in coarse and record.start_date_precision in (None, "day")


def _ints(values: Iterable[int]) -> Ints:
    return np.fromiter(values, dtype=np.int64)


def _format(name: str | None) -> int:
    return FORMATS.index(name) if name in FORMATS else 0


def _year(record: AnimeRecord) -> int:
    if record.start_date is not None:
        return record.start_date.year
    return record.start_year or MISSING


def record_titles(record: AnimeRecord) -> list[tuple[str, int]]:
    """The titles of one record with their kind, each text once, the main one first, at most TITLES_PER_RECORD."""
    native = set(record.native_titles)
    found = [(text, NATIVE if text in native else ALTERNATIVE if at else MAIN) for at, text in enumerate(record.titles)]
    found += [(text, NATIVE) for text in record.native_titles]
    if record.slug:
        found.insert(1, (record.slug.replace("-", " "), SLUG))
    seen: dict[str, int] = {}
    for text, kind in found:
        if text and text.strip():
            seen.setdefault(text, kind)
    return list(seen.items())[:TITLES_PER_RECORD]


def _title_table(records: Sequence[AnimeRecord]) -> tuple[TitleTable, Ints]:
    """Title rows of all records, and where each record's rows begin (length n + 1)."""
    rows = [(at, text, kind) for at, record in enumerate(records) for text, kind in record_titles(record)]
    rows += [(at, romanise(text), TRANSLITERATED) for at, text, _ in rows if is_written_in_kana(text)]
    rows.sort(key=lambda row: (row[0], row[2] == TRANSLITERATED))
    distinct = sorted({text for _, text, _ in rows})
    parsed = dict(zip(distinct, (parse(line) for line in normalise_all(distinct)), strict=True))
    folded = dict(zip(distinct, _fold_all([" ".join(parsed[text].base) for text in distinct]), strict=True))
    kept = _without_repeats(rows, parsed, folded)
    record = _ints(at for at, _, _ in kept)
    first = np.searchsorted(record, np.arange(len(records) + 1)).astype(np.int64)
    return _columns(kept, record, parsed, folded, _ints(map(_source_codes(records).__getitem__, record))), first


def _source_codes(records: Sequence[AnimeRecord]) -> list[int]:
    codes: dict[str, int] = {}
    return [codes.setdefault(record.source, len(codes)) for record in records]


def _fold_all(texts: list[str]) -> list[str]:
    """Every text folded; as one text with a line for each, since that is many times faster."""
    return fold("\n".join(texts)).split("\n") if texts else []


def _without_repeats(
    rows: list[tuple[int, str, int]], parsed: dict[str, ParsedTitle], folded: dict[str, str]
) -> list[tuple[int, str, int]]:
    """The rows without those that say the same as an earlier title of the same record, and without empty ones."""
    kept, seen = [], set()
    for at, text, kind in rows:
        title = parsed[text]
        says = (at, _compact(folded[text]), title.season, title.part, title.year, kind == SLUG)
        if says[1] and says not in seen:
            seen.add(says)
            kept.append((at, text, kind))
    return kept


def _columns(
    rows: list[tuple[int, str, int]], record: Ints, parsed: dict[str, ParsedTitle], folded: dict[str, str], source: Ints
) -> TitleTable:
    """The title rows as columns, with ids for equal texts."""
    titles = [parsed[text] for _, text, _ in rows]
    spaced = [folded[text] for _, text, _ in rows]
    base = [_compact(text) for text in spaced]
    split = [_head_and_tail(text, title.head) for text, title in zip(spaced, titles, strict=True)]
    keys = [f"{name}/{t.season}/{t.part}/{t.year}" for name, t in zip(base, titles, strict=True)]
    key, base_id = _ids(keys), _ids(base)
    return TitleTable(
        text=[text for _, text, _ in rows],
        full=[name + _series_suffix(t) for name, t in zip(base, titles, strict=True)],
        base=base,
        spaced=spaced,
        head=[head for head, _ in split],
        tail=[tail for _, tail in split],
        record=record,
        kind=_ints(kind for _, _, kind in rows),
        season=_ints(t.season for t in titles),
        part=_ints(t.part for t in titles),
        year=_ints(t.year for t in titles),
        kinds=_ints(t.kinds for t in titles),
        script=_ints(map(script, base)),
        marks=_ids([marks(text) for _, text, _ in rows]),
        key=key,
        base_id=base_id,
        exact=_ids([text.casefold() for _, text, _ in rows]),
        shared=_records_sharing(key, source, record),
        shared_base=_records_sharing(base_id, source, record),
    )


def _compact(text: str) -> str:
    """The text without spaces and decimal points, which sources set as they please."""
    return text.replace(" ", "").replace(".", "")


def _head_and_tail(spaced: str, head: int) -> tuple[str, str]:
    """The first `head` words of a name and the rest, both compact."""
    words = spaced.split()
    return _compact("".join(words[:head])), _compact("".join(words[head:]))


def _series_suffix(title: ParsedTitle) -> str:
    """Season, part and year written one way; the first season and part are not worth saying."""
    season = f" s{title.season}" if title.season > 1 else ""
    part = f" p{title.part}" if title.part > 1 else ""
    return season + part + (f" y{title.year}" if title.year else "")


def _ids(texts: Sequence[str]) -> Ints:
    """A number for each distinct text; "" is 0, the others count up in order of first appearance."""
    known: dict[str, int] = {"": 0}
    return _ints(known.setdefault(text, len(known)) for text in texts)


def script(text: str) -> int:
    """Which scripts a text is written in, as a bit set; digits alone fit every script."""
    found = 0
    for char in text:
        if "a" <= char <= "z":
            found |= LATIN
        elif "\u3040" <= char <= "\u9fff":
            found |= EAST_ASIAN
        elif not char.isdigit():
            found |= OTHER
    return found or LATIN | EAST_ASIAN | OTHER


def _records_sharing(key: Ints, source: Ints, record: Ints) -> Ints:
    """For each title the number of records of its source with that key (its own included)."""
    if not len(key):
        return key
    pairs = np.unique(np.stack([key, source, record]), axis=1)
    combined = pairs[0] * (source.max() + 1) + pairs[1]
    values, counts = np.unique(combined, return_counts=True)
    shared: Ints = counts[np.searchsorted(values, key * (source.max() + 1) + source)]
    return shared
