"""How good ranked lists are, by the formulas of the project's scoring script, from arrays.

The one rule: every user with something hidden counts. A user without a list scores 0, a short list is
scored as it is, and nothing is sampled.

For one user with relevant items R (weights w), list i_1..i_N, hit_r = [i_r in R]:

    DCG@k        sum_{r<=k} w(i_r) / log2(r + 1);   IDCG@k the same over the largest weights of all of R
    NDCG@k       DCG@k / IDCG@k
    Recall@k     sum_{r<=k} hit_r / |R|             Precision@k  sum_{r<=k} hit_r / k
    MAP@k        sum_{r<=k} hit_r * Precision@r / min(k, |R|)
    MRR@k        1 / rank of the first hit in the top k, else 0
    HitRate@k    1 if any hit in the top k, else 0
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommenders.errors import InvalidInputError
from recommenders.interactions import Csr

Doubles = NDArray[np.float64]

BASELINE = "popularity"
"""The model that every other one has to beat."""
HEADLINE = ("ndcg", 10)
"""What models are ranked by."""
CUTOFFS = (5, 10, 20, 50, 100)
ACCURACY = ("ndcg", "recall", "precision", "map", "mrr", "hit_rate")


@dataclass(frozen=True)
class UserMetrics:
    """One row per evaluated user, one column per (metric, k).

    Attributes:
        names: (metric, k) of each column.
        values: float64 (users, columns).
    """

    names: tuple[tuple[str, int], ...]
    values: Doubles

    def column(self, metric: str, k: int) -> Doubles:
        """One metric of every user: float64 (users,)."""
        return self.values[:, self.names.index((metric, k))]

    def mean(self, metric: str, k: int) -> float:
        """The metric averaged over users; 0 when nobody was evaluated."""
        return float(self.column(metric, k).mean()) if len(self.values) else 0.0


def user_metrics(items: NDArray[np.int32], held_out: Csr, cutoffs: tuple[int, ...] = CUTOFFS) -> UserMetrics:
    """The accuracy of every user's list.

    Args:
        items: int32 (users, N), best first, -1 = no item.
        held_out: csr (users, n_items), weight > 0 of each relevant item; every row must have one.
        cutoffs: the k's.

    Raises:
        InvalidInputError: lists and rows differ in number, a user has nothing relevant, an item comes twice.
    """
    relevant = np.diff(held_out.indptr)
    if len(items) != held_out.shape[0] or np.any(relevant == 0) or np.any(held_out.data <= 0):
        raise InvalidInputError("each list needs a held-out row, with at least one item of positive weight")
    depth = max(cutoffs)
    gain = _gains(items[:, :depth], held_out, depth)
    hit, place = gain > 0, np.arange(1, depth + 1)
    discount = 1.0 / np.log2(place + 1)
    dcg = np.cumsum(gain * discount, axis=1)
    ideal = np.cumsum(_ideal_gains(held_out, depth) * discount, axis=1)
    hits = np.cumsum(hit, axis=1)
    precision_at_hits = np.cumsum(hit * hits / place, axis=1)
    first = np.where(hit.any(axis=1), hit.argmax(axis=1) + 1, np.inf)
    columns: dict[tuple[str, int], Doubles] = {}
    for k in cutoffs:
        columns["ndcg", k] = dcg[:, k - 1] / ideal[:, k - 1]
        columns["recall", k] = hits[:, k - 1] / relevant
        columns["precision", k] = hits[:, k - 1] / k
        columns["map", k] = precision_at_hits[:, k - 1] / np.minimum(k, relevant)
        columns["mrr", k] = np.where(first <= k, 1.0 / first, 0.0)
        columns["hit_rate", k] = (first <= k).astype(np.float64)
    names = tuple((metric, k) for metric in ACCURACY for k in cutoffs)
    return UserMetrics(names, np.stack([columns[name] for name in names], axis=1))


def list_metrics(items: NDArray[np.int32], seen: Csr, catalogue_items: int, k: int = 10) -> dict[str, float | None]:
    """Coverage, Gini and novelty (bits) of all lists' first k places; None where nothing was recommended.

    Args:
        items: int32 (users, N), best first, -1 = no item.
        seen: csr (all training users, n_items), what was known at training: popularity, for novelty.
        catalogue_items: how many items could have been recommended.
        k: places that count.

    Raises:
        InvalidInputError: more items were recommended than the catalogue has.
    """
    top = items[:, :k]
    top = top[top >= 0]
    times = np.bincount(top, minlength=seen.shape[1])
    listed = times[times > 0]
    if len(listed) > catalogue_items:
        raise InvalidInputError(f"{len(listed)} items recommended from a catalogue of {catalogue_items}")
    counts = np.sort(np.concatenate([np.zeros(catalogue_items - len(listed)), listed]))
    n = len(counts)
    if not len(top):
        return {"coverage": 0.0, "gini": None, "novelty": None}
    place = np.arange(1, n + 1)
    users = int(np.count_nonzero(np.diff(seen.indptr)))
    known = np.bincount(seen.indices, minlength=seen.shape[1])[top]
    novelty = -np.log2(np.maximum(known, 1) / users).mean() if users else None
    return {
        "coverage": len(listed) / n,
        "gini": float(((2 * place - n - 1) * counts).sum() / (n * counts.sum())),
        "novelty": None if novelty is None else float(novelty),
    }


def _gains(items: NDArray[np.int32], held_out: Csr, depth: int) -> Doubles:
    """The weight of the item in each place, 0 where it is not relevant: float64 (users, depth)."""
    users, width = held_out.shape
    keys = np.repeat(np.arange(users), np.diff(held_out.indptr)).astype(np.int64) * width + held_out.indices
    order = np.argsort(keys, kind="stable")
    keys, weights = keys[order], held_out.data[order]
    gain = np.zeros((users, depth))
    row, place = np.nonzero(items >= 0)
    wanted = row.astype(np.int64) * width + items[row, place]
    listed = np.sort(wanted)
    if np.any(listed[1:] == listed[:-1]):
        raise InvalidInputError("an item comes twice in a list")
    found = np.minimum(np.searchsorted(keys, wanted), max(len(keys) - 1, 0))
    hit = keys[found] == wanted if len(keys) else np.zeros(len(wanted), dtype=bool)
    gain[row[hit], place[hit]] = weights[found[hit]]
    return gain


def _ideal_gains(held_out: Csr, depth: int) -> Doubles:
    """Each user's weights, largest first, cut at depth: float64 (users, depth)."""
    counts = np.diff(held_out.indptr)
    row = np.repeat(np.arange(len(counts)), counts)
    order = np.lexsort((-held_out.data, row))
    place = np.arange(len(row)) - (np.cumsum(counts) - counts)[row]
    ideal = np.zeros((len(counts), depth))
    kept = place < depth
    ideal[row[kept], place[kept]] = held_out.data[order][kept]
    return ideal
