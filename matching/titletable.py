"""All titles of all records, taken apart once for each distinct text, one row for each title of a record."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np
import scipy
from numpy.typing import NDArray

from matching.digests import distinct
from matching.normalise import marks_all, normalise_all, script
from matching.rarity import words_held
from matching.records import AnimeRecord
from matching.romaji import fold, is_written_in_kana, romanise
from matching.titles import ParsedTitle, parse

Ints = NDArray[np.int64]

#: kinds of titles, in the order in which duplicates are kept
MAIN, ALTERNATIVE, NATIVE, SLUG, TRANSLITERATED, SYNONYM = range(6)
#: more titles than this add work, not evidence: what follows are mostly translations
TITLES_PER_RECORD = 14
#: titles taken apart at once
_BLOCK = 50_000
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True)
class TitleTable:
    """All titles of all records, one row each, rows of one record together.

    `full` is the folded name with its season, part and year written one way; `base` the folded name alone, both
    without spaces, for comparing; `spaced` is the base with its spaces, `words` its words, csr (titles, WORDS); `head`
    and `tail` are the base before and after the first subtitle sign (tail "" without one). Equal `key` ids mean equal
    base, season, part and year; equal `base_id` equal base; equal `exact` ids mean equal but for case and width; equal
    `numbers` the same numbers in the base (0 none). `shared` counts the records of the same source that carry the
    same key, `shared_base` those that carry the same base.
    """

    text: list[str]
    full: list[str]
    base: list[str]
    spaced: list[str]
    head: list[str]
    tail: list[str]
    words: scipy.sparse.csr_matrix
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
    numbers: Ints
    shared: Ints
    shared_base: Ints


def title_table(records: Sequence[AnimeRecord], source: Ints) -> tuple[TitleTable, Ints]:
    """Title rows of all records, and where each record's rows begin (length n + 1)."""
    texts: dict[str, int] = {}
    owner, text, kind = [], [], []
    for at, record in enumerate(records):
        for title, title_kind in _with_transliterations(record_titles(record)):
            owner.append(at)
            text.append(texts.setdefault(title, len(texts)))
            kind.append(title_kind)
    lines: dict[str, int] = {}
    written = (line for block in _blocks(list(texts)) for line in normalise_all(block))
    line_of_text = _ints(lines.setdefault(line, len(lines)) for line in written)
    names = _Names(list(lines))
    rows = (_ints(owner), _ints(text), _ints(kind))
    kept = _without_repeats(rows, line_of_text, names)
    record_of, text_of, kind_of = (values[kept] for values in rows)
    first = np.searchsorted(record_of, np.arange(len(records) + 1)).astype(np.int64)
    return _table(list(texts), line_of_text, names, record_of, text_of, kind_of, source), first


def record_titles(record: AnimeRecord) -> list[tuple[str, int]]:
    """The titles of one record with their kind, each text once, the main one first, at most TITLES_PER_RECORD."""
    kinds = dict.fromkeys(record.synonyms, SYNONYM) | dict.fromkeys(record.native_titles, NATIVE)
    found = [(text, kinds.get(text, ALTERNATIVE if at else MAIN)) for at, text in enumerate(record.titles)]
    found += [(text, NATIVE) for text in record.native_titles]
    if record.slug:
        found.insert(1, (record.slug.replace("-", " "), SLUG))
    seen: dict[str, int] = {}
    for text, kind in found:
        if text and not text.isspace():
            seen.setdefault(text, kind)
    return list(seen.items())[:TITLES_PER_RECORD]


def _with_transliterations(titles: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """The titles, followed by those written in kana once more in Latin letters."""
    kana = [text for text, _ in titles if not text.isascii() and is_written_in_kana(text)]
    return titles + [(romanise(text), TRANSLITERATED) for text in kana] if kana else titles


class _Names:
    """The distinct normalised titles taken apart; every list and array has one entry for each."""

    def __init__(self, lines: list[str]) -> None:
        self.spaced: list[str] = []
        self.base: list[str] = []
        self.full: list[str] = []
        self.head: list[str] = []
        self.tail: list[str] = []
        places = [np.empty((0, 4), dtype=np.int64)]
        for block in _blocks(lines):
            places.append(self._take([parse(line) for line in block]))
        self.season, self.part, self.year, self.kinds = np.concatenate(places).T.copy()
        self.base_id = _ids(self.base)
        # season and part are below 1000, years below 2100
        place = (self.season * 1000 + self.part) * 2100 + self.year
        self.key: Ints = np.unique(self.base_id * (1000 * 1000 * 2100) + place, return_inverse=True)[1]

    def _take(self, parsed: list[ParsedTitle]) -> Ints:
        """Add the names of some titles; what they say of their place in a series, row by row."""
        spaced = _fold_all([" ".join(title.base) for title in parsed])
        base = [_compact(text) for text in spaced]
        self.spaced += spaced
        self.base += base
        self.full += [name + _series_suffix(title) for name, title in zip(base, parsed, strict=True)]
        for words, name, title in zip(spaced, base, parsed, strict=True):
            head, tail = _head_and_tail(words, name, title)
            self.head.append(head)
            self.tail.append(tail)
        return np.array([(t.season, t.part, t.year, t.kinds) for t in parsed], dtype=np.int64).reshape(-1, 4)


def _blocks(texts: list[str]) -> Iterator[list[str]]:
    """The texts in portions, so that what is needed on the way to a result does not pile up."""
    for begin in range(0, len(texts), _BLOCK):
        yield texts[begin : begin + _BLOCK]


def _without_repeats(rows: tuple[Ints, Ints, Ints], line_of_text: Ints, names: _Names) -> Ints:
    """Which rows stay: neither empty nor saying the same as an earlier title of the same record."""
    record, text, kind = rows
    line = line_of_text[text]
    named = np.flatnonzero(names.base_id[line] > 0)
    says = (record[named] * (len(names.base) + 1) + names.key[line[named]]) * 2 + (kind[named] == SLUG)
    return named[np.sort(np.unique(says, return_index=True)[1])]


def _table(
    texts: list[str], line_of_text: Ints, names: _Names, record: Ints, text: Ints, kind: Ints, source: Ints
) -> TitleTable:
    """The title rows as columns, with ids for equal texts."""
    line = line_of_text[text]
    lines = line.tolist()
    used, place = np.unique(text, return_inverse=True)
    of_used = list(map(texts.__getitem__, used.tolist()))
    script_of = _ints(map(script, names.base))

    def spread(values: list[str]) -> list[str]:
        return list(map(values.__getitem__, lines))

    key, base_id = names.key[line], names.base_id[line]
    return TitleTable(
        text=list(map(texts.__getitem__, text.tolist())),
        full=spread(names.full),
        base=spread(names.base),
        spaced=spread(names.spaced),
        head=spread(names.head),
        tail=spread(names.tail),
        words=words_held(names.spaced)[line],
        record=record,
        kind=kind,
        season=names.season[line],
        part=names.part[line],
        year=names.year[line],
        kinds=names.kinds[line],
        script=script_of[line],
        marks=_ids(marks_all(of_used))[place],
        key=key,
        base_id=base_id,
        exact=_ids(map(str.casefold, of_used))[place],
        numbers=_ids(map(_numbers, names.spaced))[line],
        shared=records_sharing(key, source, record),
        shared_base=records_sharing(base_id, source, record),
    )


def _ints(values: Iterable[int]) -> Ints:
    return np.fromiter(values, dtype=np.int64)


def _fold_all(texts: list[str]) -> list[str]:
    """Every text folded; as one text with a line for each, since that is many times faster."""
    return fold("\n".join(texts)).split("\n") if texts else []


def _compact(text: str) -> str:
    """The text without spaces and decimal points, which sources set as they please."""
    return text.replace(" ", "").replace(".", "")


def _head_and_tail(spaced: str, base: str, title: ParsedTitle) -> tuple[str, str]:
    """The words of a name before the first subtitle sign and the rest, both compact."""
    if title.head >= len(title.base):
        return base, ""
    words = spaced.split()
    return _compact("".join(words[: title.head])), _compact("".join(words[title.head :]))


def _series_suffix(title: ParsedTitle) -> str:
    """Season, part and year written one way; the first season and part are not worth saying."""
    season = f" s{title.season}" if title.season > 1 else ""
    part = f" p{title.part}" if title.part > 1 else ""
    return season + part + (f" y{title.year}" if title.year else "")


def _ids(texts: Iterable[str]) -> Ints:
    """A number for each distinct text; "" is 0, the others count up in order of first appearance."""
    known = defaultdict(count(1).__next__, {"": 0})
    return _ints(map(known.__getitem__, texts))


def _numbers(spaced: str) -> str:
    """The words of a name that are numbers, 08 written as 8; "" for none."""
    if not _DIGIT.search(spaced):
        return ""
    return " ".join(word.lstrip("0") or "0" for word in spaced.split() if word.isdigit())


def records_sharing(key: Ints, source: Ints, record: Ints) -> Ints:
    """For each title the number of records of its source with that key (its own included)."""
    if not len(key):
        return key
    order = np.argsort(key, kind="stable")
    number = np.empty(len(key), dtype=np.int64)
    number[order] = np.cumsum(np.r_[False, key[order][1:] != key[order][:-1]])
    carried = distinct(number * len(source) + record)
    sources = int(source.max()) + 1
    values, counts = np.unique((carried // len(source)) * sources + source[carried % len(source)], return_counts=True)
    shared: Ints = counts[np.searchsorted(values, number * sources + source[record])]
    return shared
