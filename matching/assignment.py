"""Which records together are one anime: at most one record of each source, chosen for the best total, not pair by pair.

A cluster is worth the sum of its pairs' weights (log-odds above the demanded confidence). The best clustering of a
group of competing records is sought by solving one source at a time exactly (Hungarian method) while the others
stay, from several starts, until nothing improves. Source: Balas & Landsbaum, "dimensionwise variation" heuristics
for the multidimensional assignment problem (Bandelt, Crama & Spieksma 1994; Karapetyan & Gutin 2011).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

Ints = NDArray[np.int64]
Weights = NDArray[np.float64]

#: what two records cost that stand in one anime without ever having been compared
UNCOMPARED = -1.0
#: groups larger than this are no franchise but a chain of accidents: their weakest links are let go
LARGEST_GROUP = 400
#: with more sources than this, only rotations of their order are tried as starts
_ALL_ORDERS = 3


def assign(source: Ints, pairs: Ints, weights: Weights) -> Ints:
    """For each record the number of its anime, counted up by first appearance.

    Args:
        source: the source code of every record.
        pairs: rows (left, right) of record positions, each pair once.
        weights: per pair, how much is won by taking the two for one anime; negative: lost.
    """
    label = np.arange(len(source), dtype=np.int64)
    for group, inside in _groups(len(source), pairs, weights):
        label[group] = group[_solve(source[group], _dense(group, pairs[inside], weights[inside]))]
    _, numbers = np.unique(label, return_inverse=True)
    return numbers.astype(np.int64)


def _groups(count: int, pairs: Ints, weights: Weights) -> list[tuple[Ints, Ints]]:
    """Groups of two or more records joined by pairs of positive weight, with the rows of all pairs inside each.

    No better clustering ever reaches across groups, so each can be solved alone.
    """
    found: list[tuple[Ints, Ints]] = []
    waiting = [(np.arange(len(pairs)), 0.0)]
    while waiting:
        rows, floor = waiting.pop()
        strong = rows[weights[rows] > floor]
        label = _components(count, pairs[strong])
        inside = rows[label[pairs[rows, 0]] == label[pairs[rows, 1]]]
        inside = inside[np.argsort(label[pairs[inside, 0]], kind="stable")]
        joined = label[pairs[inside, 0]]
        starts = np.flatnonzero(np.r_[True, joined[1:] != joined[:-1]]) if len(joined) else np.empty(0, np.int64)
        for chunk in np.split(inside, starts[1:]) if len(joined) else []:
            members = np.unique(pairs[chunk])
            members = members[label[members] == label[pairs[chunk[0], 0]]]
            if len(members) > LARGEST_GROUP:
                waiting.append((chunk, floor + 1.0))
            elif (weights[chunk] > floor).any():
                found.append((members, chunk))
    return found


def _components(count: int, pairs: Ints) -> Ints:
    """A label per record: equal when a chain of pairs joins them."""
    graph = csr_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def _dense(group: Ints, pairs: Ints, weights: Weights) -> Weights:
    """The weights of one group as a symmetric matrix; UNCOMPARED where there is no pair."""
    matrix = np.full((len(group), len(group)), UNCOMPARED)
    left, right = np.searchsorted(group, pairs[:, 0]), np.searchsorted(group, pairs[:, 1])
    matrix[left, right] = weights
    matrix[right, left] = weights
    return matrix


def _solve(source: Ints, matrix: Weights) -> Ints:
    """For each record of a group the position of the first record of its anime."""
    codes = [int(code) for code in np.unique(source)]
    if len(source) == 2:
        return np.zeros(2, dtype=np.int64) if matrix[0, 1] > 0 else np.arange(2)
    best: list[list[int]] = []
    best_value = -1.0
    for order in _orders(codes):
        clusters = _improve(_start(order, source, matrix), codes, source, matrix)
        value = _value(clusters, matrix)
        if value > best_value + 1e-9:
            best, best_value = clusters, value
    label = np.arange(len(source), dtype=np.int64)
    for members in best:
        label[members] = min(members)
    return label


def _orders(codes: list[int]) -> list[tuple[int, ...]]:
    """Orders of the sources to start from."""
    if len(codes) <= _ALL_ORDERS:
        return list(permutations(codes))
    return [tuple(codes[at:] + codes[:at]) for at in range(len(codes))]


def _start(order: Sequence[int], source: Ints, matrix: Weights) -> list[list[int]]:
    """Clusters made by adding one source after the other."""
    clusters: list[list[int]] = []
    for code in order:
        clusters = _add(clusters, [int(at) for at in np.flatnonzero(source == code)], matrix)
    return clusters


def _add(clusters: list[list[int]], records: list[int], matrix: Weights) -> list[list[int]]:
    """The clusters with the records of one more source, each where it wins most, or alone."""
    if not clusters or not records:
        return clusters + [[at] for at in records]
    gain = np.array([[matrix[members, at].sum() for at in records] for members in clusters])
    rows, columns = linear_sum_assignment(np.maximum(gain, 0), maximize=True)
    partner = {int(c): int(r) for r, c in zip(rows, columns, strict=True) if gain[r, c] > 0}
    joined = [list(members) for members in clusters]
    for column, at in enumerate(records):
        if column in partner:
            joined[partner[column]].append(at)
        else:
            joined.append([at])
    return joined


def _improve(clusters: list[list[int]], codes: list[int], source: Ints, matrix: Weights) -> list[list[int]]:
    """The clusters after taking each source out and putting it back in the best way, until nothing is won."""
    value = _value(clusters, matrix)
    while True:
        for code in codes:
            rest = [[at for at in members if source[at] != code] for members in clusters]
            taken = [int(at) for at in np.flatnonzero(source == code)]
            clusters = _add([members for members in rest if members], taken, matrix)
        now = _value(clusters, matrix)
        if now <= value + 1e-9:
            return clusters
        value = now


def _value(clusters: list[list[int]], matrix: Weights) -> float:
    """What a clustering is worth: the weights of all pairs that share a cluster."""
    return float(sum(matrix[np.ix_(m, m)].sum() - matrix[m, m].sum() for m in clusters if len(m) > 1)) / 2
