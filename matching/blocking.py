"""Candidate pairs: of all pairs of records of different sources, those worth comparing.

Three ways lead to a pair, each found without looking at all pairs: an equal name, a similar name (cosine of rare
letter triples), or the same first day with the same number of episodes. A claimed cross id is a fourth.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from matching.corpus import MISSING, Corpus
from matching.digests import distinct
from matching.nearest import Links, NameIndex, Reach, name_vectors, nearest, similar
from matching.rarity import Rarity

Ints = NDArray[np.int64]
#: more records than this are a large catalogue
LARGE = 100_000


class Records(Protocol):
    """What is needed of records: their source, first and last possible start day, and episodes (-1 when unknown)."""

    @property
    def source(self) -> Ints:
        """Source code of each record."""

    @property
    def low(self) -> Ints:
        """First possible start day."""

    @property
    def high(self) -> Ints:
        """Last possible start day."""

    @property
    def episodes(self) -> Ints:
        """Number of episodes."""


@dataclass(frozen=True)
class Blocking:
    """How widely to look for candidates.

    Letter triples met in 2 ** `frequent` titles or more when the weights were learned are passed over, and such as
    more than `crowded_triple` titles at hand hold; a title pair below `cosine` is no candidate; each record keeps
    its `nearest` most similar records of every other source. Similar names that began more than `days_apart` days
    apart are no candidates (equal names are: the pair is worth an explanation). A name that more than `crowded`
    records carry, and a day on which more than `crowded` records begin, lead to no pairs.

    Of 9,447 pairs known to be right in 32,000 records five are no candidates, as many as with starts five years
    apart and half as many pairs again.
    """

    frequent: int = 11
    crowded_triple: int = 5000
    cosine: float = 0.25
    nearest: int = 3
    crowded: int = 60
    days_apart: int = 2 * 365 + 1

    def reach(self, records: int) -> Reach:
        """How far to search for similar names among so many records: in large catalogues for the most similar only.

        Of 59,500 pairs known to be right in 200,000 records that costs 28, and saves a third of all candidates.
        """
        if records > LARGE:
            return Reach(max(self.cosine, 0.3), self.days_apart, min(self.nearest, 2))
        return Reach(self.cosine, self.days_apart, self.nearest)


def candidate_pairs(corpus: Corpus, rarity: Rarity, settings: Blocking | None = None) -> Ints:
    """Candidate pairs as rows (left, right) of record positions, left < right, of different sources, in order."""
    settings = settings or Blocking()
    titles = corpus.titles
    vectors = name_vectors(titles.base, rarity, settings.frequent)
    index = NameIndex(vectors, titles.record, corpus.source, corpus.low, corpus.high)
    index = index.narrowed(settings.crowded_triple).without_repeats(titles.base_id)
    reach = settings.reach(len(corpus.records))
    links = nearest(similar(index, reach), corpus.source, reach.nearest)
    names = (titles.base_id, titles.key, titles.record)
    return all_ways(corpus, names, links, claimed_pairs(corpus), settings)


def all_ways(records: Records, names: tuple[Ints, Ints, Ints], links: Links, claimed: Ints, settings: Blocking) -> Ints:
    """The candidates that the four ways lead to.

    Args:
        records: their source, start and episodes.
        names: of every title a number for its base, one for its key, and its record.
        links: the similar records.
        claimed: pairs that a cross id names.
        settings: how widely to look.
    """
    base, key, record = names
    found = [
        equal_names(base, record, settings),
        equal_names(key, record, settings),
        np.stack([links.one, links.two], axis=1),
        same_start(records.low, records.high, records.episodes, settings),
        claimed,
    ]
    return across_sources(np.concatenate(found), records.source)


def across_sources(pairs: Ints, source: Ints) -> Ints:
    """The pairs of records of different sources, each once, in order."""
    return unique_pairs(pairs[source[pairs[:, 0]] != source[pairs[:, 1]]])


def unique_pairs(pairs: Ints) -> Ints:
    """The pairs with the smaller position first, each once, in ascending order."""
    if not len(pairs):
        return np.empty((0, 2), dtype=np.int64)
    low, high = pairs.min(axis=1), pairs.max(axis=1)
    span = int(high.max()) + 1
    codes = distinct(low * span + high)
    return np.stack([codes // span, codes % span], axis=1)


def claimed_pairs(corpus: Corpus) -> Ints:
    """Pairs of which one record claims to be the other, when both are at hand."""
    return corpus.claims.pairs(corpus.name, corpus.source)


def equal_names(name: Ints, record: Ints, settings: Blocking) -> Ints:
    """Pairs of records that carry one name, given the name and the record of every title; not for crowded names."""
    return _pairs_within(name, record, settings.crowded)


def same_start(low: Ints, high: Ints, episodes: Ints, settings: Blocking) -> Ints:
    """Pairs that begin on the very same day and have the same number of episodes."""
    known = np.flatnonzero((low == high) & (low != MISSING) & (episodes != MISSING))
    group = low[known] * 10_000 + np.minimum(episodes[known], 9_999)
    return _pairs_within(group, known, settings.crowded)


def _pairs_within(group: Ints, record: Ints, crowded: int) -> Ints:
    """All pairs of records (ascending) that share a group, for groups of at most `crowded` members."""
    if not len(group):
        return np.empty((0, 2), dtype=np.int64)
    order = np.argsort(group, kind="stable")
    group, record = group[order], record[order]
    new = np.r_[True, (group[1:] != group[:-1]) | (record[1:] != record[:-1])]
    group, record = group[new], record[new]
    starts = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
    sizes = np.diff(np.r_[starts, len(group)])
    pairs = [np.empty((0, 2), dtype=np.int64)]
    for size in np.unique(sizes[(sizes > 1) & (sizes <= crowded)]):
        left, right = np.triu_indices(size, k=1)
        begins = starts[sizes == size][:, None]
        pairs.append(np.stack([record[begins + left].ravel(), record[begins + right].ravel()], axis=1))
    return np.concatenate(pairs)
