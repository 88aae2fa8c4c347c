"""Similar names: for each record the most similar records of every other source, by the rare letter triples they share.

What a record finds depends on the two records and on those it finds as well, so that a change elsewhere in the
catalogue leaves its list alone.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations

import numpy as np
import scipy
from numpy.typing import NDArray

from matching.corpus import MISSING
from matching.ordering import in_order, ranks
from matching.rarity import TRIPLES, Rarity, letter_triples

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

#: names compared with all others at once: enough to share the way through the others, few enough for the cache
_CHUNK = 2000
#: triples that those names share with others, together: what a product holds in memory
_MOST_SHARED = 10_000_000
_THREADS = 2
#: names made into vectors at once
_BLOCK = 50_000


@dataclass(frozen=True)
class Reach:
    """How far the search goes: least cosine, greatest distance of the starts in days, length of the lists."""

    cosine: float
    days_apart: int
    nearest: int


@dataclass(frozen=True)
class NameIndex:
    """What the search looks at.

    `vectors` is csr (titles, TRIPLES), float32, rows of length 1 or less where frequent triples were left out;
    `record` the record of each title, ascending; `source`, `low` and `high` the source and the first and last
    possible start day of each record (-1 when unknown).
    """

    vectors: scipy.sparse.csr_matrix
    record: Ints
    source: Ints
    low: Ints
    high: Ints

    @cached_property
    def held(self) -> Ints:
        """How many titles hold each triple."""
        return np.bincount(self.vectors.indices, minlength=self.vectors.shape[1])

    def narrowed(self, crowded: int, asking: Mask | None = None) -> NameIndex:
        """With columns only for triples in use, by records `asking` (bool) if given, and not by more than `crowded`."""
        used = (self.held > 0) & (self.held <= crowded)
        if asking is not None:
            used &= np.bincount(self.vectors[np.flatnonzero(asking[self.record])].indices, minlength=TRIPLES) > 0
        column = np.cumsum(used) - 1
        kept = np.flatnonzero(used[self.vectors.indices])
        ends = np.searchsorted(kept, self.vectors.indptr)
        parts = (self.vectors.data[kept], column[self.vectors.indices[kept]].astype(np.int32), ends.astype(np.int32))
        vectors = scipy.sparse.csr_matrix(parts, shape=(self.vectors.shape[0], int(used.sum())))
        return replace(self, vectors=vectors)

    def without_repeats(self, name: Ints) -> NameIndex:
        """Without titles whose record has another of the same name, given each title's as a number."""
        order = in_order(self.record, name, np.arange(len(name)))
        record, name = self.record[order], name[order]
        kept = np.sort(order[np.r_[True, (record[1:] != record[:-1]) | (name[1:] != name[:-1])][: len(order)]])
        return replace(self, vectors=self.vectors[kept], record=self.record[kept])


@dataclass(frozen=True)
class Links:
    """Similar records: position of a record, position of one of another source, cosine of their most alike names."""

    one: Ints
    two: Ints
    cosine: Floats

    def chosen(self, rows: Mask | Ints) -> Links:
        """Some of the rows."""
        return Links(self.one[rows], self.two[rows], self.cosine[rows])

    def mirrored(self) -> Links:
        """The same with sides exchanged."""
        return Links(self.two, self.one, self.cosine)


def joined(parts: list[Links]) -> Links:
    """Several lists as one; none as an empty one."""
    empty = Links(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float32))
    parts = [empty, *parts]
    one = np.concatenate([part.one for part in parts])
    return Links(one, np.concatenate([p.two for p in parts]), np.concatenate([p.cosine for p in parts]))


def name_vectors(bases: list[str], rarity: Rarity, frequent: int) -> scipy.sparse.csr_matrix:
    """The vectors of names without triples that were met in 2 ** `frequent` titles or more."""
    place = {base: at for at, base in enumerate(dict.fromkeys(bases))}
    parts, once = [letter_triples([])], list(place)
    for begin in range(0, len(once), _BLOCK):
        vectors = rarity.triple_vectors(once[begin : begin + _BLOCK])
        vectors.data[rarity.triples[vectors.indices] > frequent] = 0
        vectors.eliminate_zeros()
        parts.append(vectors)
    rows = np.fromiter(map(place.__getitem__, bases), dtype=np.int64)
    return scipy.sparse.csr_matrix(scipy.sparse.vstack(parts, format="csr"))[rows]


def days_between(low: Ints, high: Ints, left: Ints, right: Ints) -> Ints:
    """Days by which two starts must be apart at least; 0 when they may agree or one is unknown."""
    known = (low[left] != MISSING) & (low[right] != MISSING)
    gap = np.maximum(low[left] - high[right], low[right] - high[left])
    return np.where(known, np.maximum(gap, 0), 0)


def similar(index: NameIndex, reach: Reach, asking: Mask | None = None) -> Links:
    """All pairs of records of different sources that are within reach of each other.

    With `asking` (bool, records) only pairs whose first record asks; without, every pair in both directions.
    """
    everyone = np.arange(len(index.record))
    if asking is not None:
        links = _between(index, everyone[asking[index.record]], everyone, reach)
        return links.chosen(index.source[links.one] != index.source[links.two])
    source_of = index.source[index.record]
    of_source = [everyone[source_of == source] for source in range(int(index.source.max(initial=-1)) + 1)]
    found = [_between(index, one, two, reach) for one, two in combinations(of_source, 2)]
    return joined(found + [links.mirrored() for links in found])


def _between(index: NameIndex, queries: Ints, others: Ints, reach: Reach) -> Links:
    """The similar pairs of some titles and others (ascending rows), each pair of records once."""
    begin = index.low[index.record]
    queries = queries[np.argsort(begin[queries], kind="stable")]
    others = others[np.argsort(begin[others], kind="stable")]
    vectors = index.vectors[others]

    def compare(task: tuple[int, int, int, int]) -> Links:
        first, last, start, stop = task
        product = vectors[start:stop] @ index.vectors[queries[first:last]].T.tocsr()
        close = np.flatnonzero(product.data >= np.float32(reach.cosine))
        one = index.record[queries[first + product.indices[close]]]
        two = index.record[others[start + np.searchsorted(product.indptr, close, side="right") - 1]]
        links = Links(one, two, product.data[close])
        return links.chosen(days_between(index.low, index.high, one, two) <= reach.days_apart)

    portions = _portions(_shared(index, queries))
    tasks = _windows(portions, begin[queries], begin[others], reach.days_apart)
    with ThreadPoolExecutor(min(_THREADS, os.cpu_count() or 1)) as threads:
        return _best(joined(list(threads.map(compare, tasks))))


def _shared(index: NameIndex, queries: Ints) -> Ints:
    """For each of some names how many triples it shares with all names, one by one: what comparing it takes."""
    vectors = index.vectors[queries]
    met: Ints = np.r_[0, np.cumsum(index.held[vectors.indices])][vectors.indptr]
    return met[1:] - met[:-1]


def _portions(shared: Ints) -> list[tuple[int, int]]:
    """First and last of the names to be compared at once: so many that what they share fits into memory."""
    cost = np.cumsum(shared)
    portions, first = [], 0
    while first < len(cost):
        spent = cost[first - 1] if first else 0
        last = int(np.searchsorted(cost, spent + _MOST_SHARED, side="right"))
        last = max(first + 1, min(last, first + _CHUNK))
        portions.append((first, last))
        first = last
    return portions


def _windows(
    portions: list[tuple[int, int]], asking: Ints, others: Ints, days: int
) -> Iterator[tuple[int, int, int, int]]:
    """Which ascending start days to compare with which: first, last of those asking, start, stop of the others.

    Those without a day (-1) stand first on both sides; they meet everyone.
    """
    undated = int(np.searchsorted(others, 0))
    for first, last in portions:
        if asking[first] == MISSING:
            yield first, last, 0, len(others)
            continue
        # a start known to the year only begins up to a year before it must have begun
        start, stop = np.searchsorted(others, [asking[first] - days - 366, asking[last - 1] + 366 + days + 1])
        yield first, last, max(int(start), undated), int(stop)
        if undated:
            yield first, last, 0, undated


def _best(links: Links) -> Links:
    """Each pair of records once, with the greatest cosine of its titles, ordered by the pair."""
    if not len(links.one):
        return links
    span = int(links.two.max()) + 1
    pair = links.one * span + links.two
    order = np.argsort(pair)
    pair = pair[order]
    starts = np.flatnonzero(np.r_[True, pair[1:] != pair[:-1]])
    return Links(pair[starts] // span, pair[starts] % span, np.maximum.reduceat(links.cosine[order], starts))


def nearest(links: Links, source: Ints, count: int) -> Links:
    """Of each record's links those to the `count` most similar records of every other source, ordered by record."""
    if not len(links.one):
        return links
    group = links.one * (int(source.max()) + 1) + source[links.two]
    kept = links.chosen(ranks(group, links.two, links.cosine) < count)
    return kept.chosen(in_order(kept.one, kept.two))


def refreshed(lists: Links, index: NameIndex, changed: Mask, robbed: Mask, reach: Reach) -> Links:
    """The lists of nearest records after some records changed, without asking everyone again.

    Args:
        lists: the lists of before, at today's positions, without members that are gone.
        index: today's names, with the triples that those who ask use, at least.
        changed: records (bool) that are new or whose names or dates are.
        robbed: records (bool) whose list was full and lost a member: whom they passed over may now be on it.
        reach: how far to look.
    """
    asking = changed | robbed
    found = similar(index, reach, asking)
    visitors = found.chosen(changed[found.one] & ~asking[found.two]).mirrored()
    visited = np.zeros(len(asking), dtype=bool)
    visited[visitors.one] = True
    kept = lists.chosen(~asking[lists.one] & ~changed[lists.two])
    stays, joins = kept.chosen(~visited[kept.one]), kept.chosen(visited[kept.one])
    parts = [joined([joins, visitors]), found]
    links = joined([stays, *(nearest(part, index.source, reach.nearest) for part in parts)])
    return links.chosen(in_order(links.one, links.two))
