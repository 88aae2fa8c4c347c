"""Records as far as finding candidates needs them: numbers that outlive a run and can be merged."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from matching.blocking import Blocking
from matching.corpus import Corpus, runs
from matching.crossids import Claims
from matching.digests import digests, distinct, is_among
from matching.nearest import NameIndex, name_vectors
from matching.overrides import Name
from matching.rarity import Rarity, letter_triples
from matching.records import OTHER_DAY, QUARTER, AnimeRecord, day_kind, is_coarse
from matching.recordtexts import Texts, record_digests, record_text, texts_of
from matching.relations import Relations, relations_of
from matching.titletable import records_sharing

Ints = NDArray[np.int64]

#: odd numbers without a pattern, to mix season, part and year into the digest of a name
_MIXERS = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)


@dataclass(frozen=True)
class Catalogue:
    """Records in canonical order; everything is an array over records or over titles.

    `names` are (source, id); `texts` the records as texts, `text` digests of what they say, `name` those of their
    names; `day_kind` what `records.day_kind` tells. `titles` of record i are rows first[i]:first[i + 1]: `base` and
    `key` are digests (equal as in `TitleTable`), `shared` and `shared_base` count as there, `vectors` as in
    `NameIndex`.
    """

    names: list[Name]
    sources: tuple[str, ...]
    texts: Texts
    text: Ints
    name: Ints
    source: Ints
    episodes: Ints
    low: Ints
    high: Ints
    day_kind: Ints
    claims: Claims
    relations: Relations
    first: Ints
    base: Ints
    key: Ints
    shared: Ints
    shared_base: Ints
    vectors: scipy.sparse.csr_matrix

    @property
    def title_record(self) -> Ints:
        """The record of each title."""
        return np.repeat(np.arange(len(self.names)), np.diff(self.first))

    def title_rows(self, members: Ints) -> Ints:
        """The title rows of some records, record by record."""
        return runs(self.first[members], np.diff(self.first)[members])

    @property
    def index(self) -> NameIndex:
        """The names as the search for similar ones wants them."""
        return NameIndex(self.vectors, self.title_record, self.source, self.low, self.high)

    @property
    def coarse(self) -> frozenset[str]:
        """Sources whose days are exact to the season only."""
        counts = np.zeros((len(self.sources), 3), dtype=np.int64)
        np.add.at(counts, (self.source, self.day_kind), 1)
        return frozenset(
            source
            for source, row in zip(self.sources, counts.tolist(), strict=True)
            if is_coarse(row[OTHER_DAY], row[QUARTER])
        )


def catalogue_of(corpus: Corpus, rarity: Rarity) -> Catalogue:
    """The catalogue of parsed records."""
    records, titles = corpus.records, corpus.titles
    base = digests(titles.base)
    key = base.astype(np.uint64)
    for mixer, values in zip(_MIXERS, (titles.season, titles.part, titles.year), strict=True):
        key = key * np.uint64(mixer) + values.astype(np.uint64)
    names = [record.name for record in records]
    return Catalogue(
        names=names,
        sources=corpus.sources,
        texts=texts_of(map(record_text, records)),
        text=record_digests(records),
        name=corpus.name,
        source=corpus.source,
        episodes=corpus.episodes,
        low=corpus.low,
        high=corpus.high,
        day_kind=np.fromiter(map(day_kind, records), dtype=np.int64),
        claims=corpus.claims,
        relations=relations_of(records),
        first=corpus.first,
        base=base,
        key=key.astype(np.int64),
        shared=titles.shared,
        shared_base=titles.shared_base,
        vectors=name_vectors(titles.base, rarity, Blocking.frequent),
    )


def merged(old: Catalogue, new: Catalogue, gone: Iterable[Name]) -> tuple[Catalogue, Ints]:
    """The catalogue with new records put in, in place of old ones of that name, and without those that are gone.

    Also where each record of the result stood in `old`; -1 for those of `new`.
    """
    origin = _origin(old, new, gone)
    rows, first = _title_rows(old, new, origin)
    names = list(map([*old.names, *new.names].__getitem__, origin.tolist()))
    sources, source = _merged_sources(old, new, origin)
    record = np.repeat(np.arange(len(names)), np.diff(first))

    def of_records(attribute: str) -> Ints:
        return np.concatenate([getattr(old, attribute), getattr(new, attribute)])[origin]

    base, shared_base = _shared_names("base", "shared_base", (old, new), rows, source, record)
    key, shared = _shared_names("key", "shared", (old, new), rows, source, record)
    result = Catalogue(
        names=names,
        sources=sources,
        texts=old.texts.joined(new.texts, origin),
        text=of_records("text"),
        name=of_records("name"),
        source=source,
        episodes=of_records("episodes"),
        low=of_records("low"),
        high=of_records("high"),
        day_kind=of_records("day_kind"),
        claims=_merged_claims(old, new, origin),
        relations=_merged_relations(old, new, origin),
        first=first,
        base=base,
        key=key,
        shared=shared,
        shared_base=shared_base,
        vectors=scipy.sparse.vstack([old.vectors, new.vectors], format="csr")[rows],
    )
    return result, np.where(origin < len(old.names), origin, -1)


def _origin(old: Catalogue, new: Catalogue, gone: Iterable[Name]) -> Ints:
    """Where each record of the merged catalogue stands among old and, counted on, new ones."""
    leaving = {*gone, *new.names}
    staying = [at for at, name in enumerate(old.names) if name not in leaving]
    names = [old.names[at] for at in staying]
    places = [bisect_left(names, name) for name in new.names]
    return np.insert(np.array(staying, dtype=np.int64), places, np.arange(len(new.names)) + len(old.names))


def _merged_sources(old: Catalogue, new: Catalogue, origin: Ints) -> tuple[tuple[str, ...], Ints]:
    """The sources that have a record left, in alphabetical order, and the source of each record."""
    known, code = np.unique([*old.sources, *new.sources], return_inverse=True)
    of_record = np.r_[code[: len(old.sources)][old.source], code[len(old.sources) :][new.source]][origin]
    left, source = np.unique(of_record, return_inverse=True)
    return tuple(known[left].tolist()), source.astype(np.int64)


def _shared_names(
    name: str, shared: str, both: tuple[Catalogue, Catalogue], rows: Ints, source: Ints, record: Ints
) -> tuple[Ints, Ints]:
    """The digests of names in the merged catalogue, and how many records of its source share each.

    They are counted anew only for names that a record brought or took away.

    Args:
        name: the column of digests, `base` or `key`.
        shared: the column of counts.
        both: old and new catalogue.
        rows: where each title stands among the old and, counted on, the new ones.
        source: the source of each record.
        record: the record of each title.
    """
    names = np.concatenate([getattr(one, name) for one in both])
    counts = np.concatenate([getattr(one, shared) for one in both])[rows]
    moved = np.ones(len(names), dtype=bool)
    moved[rows[rows < len(both[0].base)]] = False
    again = np.flatnonzero(is_among(names[rows], distinct(names[moved])))
    counts[again] = records_sharing(names[rows][again], source, record[again])
    return names[rows], counts


def _title_rows(old: Catalogue, new: Catalogue, origin: Ints) -> tuple[Ints, Ints]:
    """The title rows of old and, counted on, new titles in the order of the records, and where each record's begin."""
    starts = np.r_[old.first[:-1], old.first[-1] + new.first[:-1]][origin]
    many = np.r_[np.diff(old.first), np.diff(new.first)][origin]
    return runs(starts, many), np.r_[0, np.cumsum(many)].astype(np.int64)


def _merged_claims(old: Catalogue, new: Catalogue, origin: Ints) -> Claims:
    """The claims of the records that are left, ordered by claimer."""
    claimer, kept = _tellers(np.r_[old.claims.claimer, new.claims.claimer + len(old.names)], origin)
    target = np.r_[old.claims.target, new.claims.target]
    target_source = np.r_[old.claims.target_source, new.claims.target_source]
    return Claims(claimer, target[kept], target_source[kept])


def _merged_relations(old: Catalogue, new: Catalogue, origin: Ints) -> Relations:
    """The relations that the records that are left state, ordered by teller."""
    teller, kept = _tellers(np.r_[old.relations.teller, new.relations.teller + len(old.names)], origin)
    target = np.r_[old.relations.target, new.relations.target]
    return Relations(teller, target[kept], np.r_[old.relations.kind, new.relations.kind][kept])


def _tellers(given: Ints, origin: Ints) -> tuple[Ints, Ints]:
    """Where those of the given records (old and, counted on, new ones) that are left stand now, and their rows."""
    place = np.full(max(given.max(initial=-1), origin.max(initial=-1)) + 1, -1, dtype=np.int64)
    place[origin] = np.arange(len(origin))
    told = place[given]
    kept = np.flatnonzero(told >= 0)
    kept = kept[np.argsort(told[kept], kind="stable")]
    return told[kept], kept


def nobody() -> Catalogue:
    """A catalogue without records."""
    none = np.empty(0, dtype=np.int64)
    return Catalogue(
        names=[], sources=(), texts=texts_of([]), text=none, name=none, source=none, episodes=none, low=none,
        high=none, day_kind=none, claims=Claims(none, none, none), relations=Relations(none, none, none),
        first=np.zeros(1, dtype=np.int64), base=none, key=none, shared=none, shared_base=none,
        vectors=letter_triples([]),
    )  # fmt: skip


def changes(catalogue: Catalogue, records: Sequence[AnimeRecord]) -> tuple[list[AnimeRecord], list[Name]]:
    """Which of all of today's records are new or say something else than before, and which names are gone."""
    if not catalogue.names:
        return list(records), []
    known = dict(zip(catalogue.names, catalogue.text.tolist(), strict=True))
    names, today = [record.name for record in records], record_digests(records).tolist()
    told = zip(records, names, today, strict=True)
    return [record for record, name, text in told if known.get(name) != text], sorted(known.keys() - set(names))
