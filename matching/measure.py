"""How right a clustering is, judged by works whose records are known.

The truth is silent about many records, so a pair is the same, different (the truth links one of them elsewhere), or
unknown; unknown pairs are counted apart and, for the strict figure, as wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray

Name = tuple[str, str]
#: one work: the id of its record in each source
Work = Mapping[str, str]

SAME, DIFFERENT, UNKNOWN = 1, 0, -1


@dataclass(frozen=True)
class Figures:
    """Pairs of different sources: found rightly, found wrongly, missed, and found where the truth is silent.

    `over_merged` are anime that hold two works, or two records of one source. A wrong pair whose one record is of no
    known work makes none: it joins no second work.
    """

    right: int
    wrong: int
    missed: int
    unknown: int
    over_merged: int

    @property
    def precision(self) -> float:
        """Share of right pairs among those found that the truth speaks of; 1 when none was found."""
        found = self.right + self.wrong
        return self.right / found if found else 1.0

    @property
    def recall(self) -> float:
        """Share found of the pairs that the truth calls one work; 1 when it knows of none."""
        told = self.right + self.missed
        return self.right / told if told else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall over pairs the truth speaks of; 0 without any."""
        total = 2 * self.right + self.wrong + self.missed
        return 2 * self.right / total if total else 0.0

    @property
    def strict_precision(self) -> float:
        """Share of right pairs among all found, unknown ones counted as wrong; 0 without any."""
        found = self.right + self.wrong + self.unknown
        return self.right / found if found else 0.0


class Truth:
    """Known works, asked about pairs of records."""

    def __init__(self, works: Iterable[Work]) -> None:
        self.works = [{source: ident for source, ident in work.items() if ident} for work in works]
        self.row = {name: at for at, work in enumerate(self.works) for name in work.items()}

    def relation(self, one: Name, two: Name) -> int:
        """SAME, DIFFERENT or UNKNOWN for two records of different sources."""
        row_one, row_two = self.row.get(one), self.row.get(two)
        if row_one is None and row_two is None:
            return UNKNOWN
        if row_one == row_two:
            return SAME
        linked_one = {one[0]} if row_one is None else self.works[row_one].keys()
        linked_two = {two[0]} if row_two is None else self.works[row_two].keys()
        return DIFFERENT if linked_one & linked_two else UNKNOWN

    def measure(self, clusters: Iterable[Sequence[Name]], among: frozenset[Name] | None = None) -> Figures:
        """The figures of a clustering; with `among`, only pairs that hold one of these records count."""
        counts = {SAME: 0, DIFFERENT: 0, UNKNOWN: 0}
        over_merged, together = 0, set()
        for members in clusters:
            over_merged += (among is None or not among.isdisjoint(members)) and self._holds_two_works(members)
            relations = [
                (self.relation(one, two), one, two)
                for one, two in combinations(sorted(members), 2)
                if one[0] != two[0] and (among is None or one in among or two in among)
            ]
            for relation, one, two in relations:
                counts[relation] += 1
                if relation == SAME:
                    together.add((one, two))
        missed = sum(pair not in together for pair in self.pairs() if among is None or among.intersection(pair))
        return Figures(counts[SAME], counts[DIFFERENT], missed, counts[UNKNOWN], over_merged)

    def _holds_two_works(self, members: Sequence[Name]) -> bool:
        """Whether two works that name a record of one source each stand here, or two records of one source."""
        rows = {self.row[name] for name in members if name in self.row}
        sources = [source for row in rows for source in self.works[row]]
        held = [source for source, _ in members]
        return len(set(sources)) < len(sources) or len(set(held)) < len(held)

    def pairs(self) -> list[tuple[Name, Name]]:
        """All pairs of different sources that are the same work, the smaller name first."""
        return [(one, two) for work in self.works for one, two in combinations(sorted(work.items()), 2)]


@dataclass(frozen=True)
class Bin:
    """Known pairs whose probability was said to lie from `low` up to `high`.

    `predicted` is the mean of what was said of them, `observed` the share that is the same work.
    """

    low: float
    high: float
    pairs: int
    predicted: float
    observed: float


#: bounds of the bins of `reliability`: narrow at both ends, where nearly all pairs are
_BOUNDS = (0.0, 0.01, 0.05, 0.1, 0.3, 0.5, 0.7, 0.9, 0.95, 0.99, 1.0)


def reliability(probability: NDArray[np.float64], same: NDArray[np.bool_]) -> tuple[Bin, ...]:
    """Whether probabilities (0-1) mean what they say: predicted beside observed shares, in bins that hold pairs."""
    bins = []
    for low, high in pairwise(_BOUNDS):
        inside = (probability >= low) & ((probability < high) | (high == 1.0))
        if inside.any():
            bins.append(
                Bin(low, high, int(inside.sum()), float(probability[inside].mean()), float(same[inside].mean()))
            )
    return tuple(bins)
