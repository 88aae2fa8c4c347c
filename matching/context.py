"""What a pair's rivals and a third source say: the second look at each candidate.

A sequel number goes to one record only, and two records that both clearly are a third one are each other; neither
can be seen in the pair itself. Inputs are the first look's log-odds of all pairs.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from matching.ordering import ranks

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]

#: log-odds of "no rival at all" and the bounds within which log-odds still tell something
FLOOR, CEILING = -8.0, 8.0

CONTEXT_FEATURES: tuple[str, ...] = (
    "first_look",
    "rival_stronger",
    "rival_weaker",
    "margin",
    "rank_worse",
    "rank_better",
    "support",
    "contradiction",
    "third_less",
    "third_more",
)


class Sourced(Protocol):
    """What is needed of records: their sources, and of each record the number of its."""

    @property
    def sources(self) -> tuple[str, ...]:
        """The sources' names."""

    @property
    def source(self) -> Ints:
        """Source code of each record."""


def gather_context(corpus: Sourced, pairs: Ints, first_look: NDArray[np.floating]) -> Floats:
    """One row per pair, one column per name in CONTEXT_FEATURES; NaN where no third source has a candidate."""
    logit = np.clip(first_look, FLOOR, CEILING).astype(np.float64)
    left, right = pairs[:, 0], pairs[:, 1]
    from_left, from_right = _groups(corpus.source, pairs)
    rivals = best_rivals(corpus.source, pairs, logit)
    places = np.stack([ranks(from_left, right, logit), ranks(from_right, left, logit)]).clip(0, 5)
    third = _third_sources(corpus, pairs, logit)
    columns = [logit, rivals.max(axis=0), rivals.min(axis=0), logit - rivals.max(axis=0), places.max(axis=0)]
    columns += [places.min(axis=0), *third]
    return np.stack(columns, axis=1).astype(np.float32) if len(pairs) else np.empty((0, len(columns)), np.float32)


def _groups(source: Ints, pairs: Ints) -> tuple[Ints, Ints]:
    """For each pair a number for its left record and the right one's source, and one for the other way round."""
    count, left, right = int(source.max(initial=0)) + 1, pairs[:, 0], pairs[:, 1]
    return left * count + source[right], right * count + source[left]


def best_rivals(source: Ints, pairs: Ints, log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """The best log-odds of another pair of the left record with the right one's source, and the other way round.

    Shape (2, pairs); FLOOR where there is none.
    """
    return np.stack([_best_other(group, log_odds) for group in _groups(source, pairs)])


def _best_other(group: Ints, logit: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each pair the best log-odds among the other pairs of its group; FLOOR when there is none."""
    if not len(group):
        return np.empty(0)
    order = np.argsort(group)
    ordered = group[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    sizes = np.diff(np.r_[starts, len(group)])
    within = logit[order]
    best = np.repeat(np.maximum.reduceat(within, starts), sizes)
    is_best = within == best
    # the best of those that are not the best is the other one's where only one is
    second = np.maximum.reduceat(np.where(is_best, -np.inf, within), starts)
    second[sizes == 1] = FLOOR
    is_only = is_best & np.repeat(np.add.reduceat(is_best, starts, dtype=np.int64) == 1, sizes)
    out = np.empty(len(group))
    out[order] = np.where(is_only, np.repeat(second, sizes), best)
    return out


def best_partners(corpus: Sourced, pairs: Ints, logit: NDArray[np.float64]) -> tuple[Ints, NDArray[np.float64]]:
    """For each record and source its best candidate there (-1 for none) and the log-odds: (records, sources)."""
    count = len(corpus.sources)
    partner = np.full((len(corpus.source), count), -1, dtype=np.int64)
    value = np.full((len(corpus.source), count), np.nan)
    for one, two in ((pairs[:, 0], pairs[:, 1]), (pairs[:, 1], pairs[:, 0])):
        first = ranks(one * count + corpus.source[two], two, logit) == 0
        here, there = one[first], corpus.source[two[first]]
        partner[here, there] = two[first]
        value[here, there] = logit[first]
    return partner, value


def _third_sources(corpus: Sourced, pairs: Ints, logit: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Support and contradiction by records of third sources, and how sure each side is of its own third record."""
    partner, value = best_partners(corpus, pairs, logit)
    out = np.full((4, len(pairs)), np.nan)
    for source in range(len(corpus.sources)):
        third = (corpus.source[pairs[:, 0]] != source) & (corpus.source[pairs[:, 1]] != source)
        one, two = value[pairs[:, 0], source], value[pairs[:, 1], source]
        both = third & ~np.isnan(one) & ~np.isnan(two)
        same = partner[pairs[:, 0], source] == partner[pairs[:, 1], source]
        weaker = np.minimum(one, two)
        out[0] = np.where(both & same, np.fmax(out[0], weaker), out[0])
        out[1] = np.where(both & ~same, np.fmax(out[1], weaker), out[1])
        out[2] = np.where(third, np.fmax(out[2], np.fmin(one, two)), out[2])
        out[3] = np.where(third, np.fmax(out[3], np.fmax(one, two)), out[3])
    return list(out)
