"""Which records together are one anime: at most one record of each source, chosen for the best total, not pair by pair.

A cluster is worth the sum of its pairs' weights (log-odds above the demanded confidence). The best clustering of a
group of competing records is sought by solving one source at a time exactly (Hungarian method) while the others
stay, from several starts, until nothing improves. Source: Balas & Landsbaum, "dimensionwise variation" heuristics
for the multidimensional assignment problem (Bandelt, Crama & Spieksma 1994; Karapetyan & Gutin 2011).
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations, permutations

import numpy as np
import scipy
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Weights = NDArray[np.float64]
Clusters = list[list[int]]
Rows = list[list[float]]

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
        pairs: rows (left, right) of record positions of different sources, each pair once.
        weights: per pair, how much is won by taking the two for one anime; negative: lost.
    """
    label = np.arange(len(source), dtype=np.int64)
    component, size = _component_sizes(len(source), pairs[weights > 0])
    inside = component[pairs[:, 0]] == component[pairs[:, 1]] if len(pairs) else np.empty(0, dtype=bool)
    of_pair = size[component[pairs[:, 0]]] if len(pairs) else np.empty(0, dtype=np.int64)
    two = pairs[inside & (of_pair == 2)]
    label[two[:, 1]] = two[:, 0]
    _solve_threes(label, source, component, pairs[inside & (of_pair == 3)], weights[inside & (of_pair == 3)])
    larger = inside & (of_pair > 3)
    for group, rows in _groups(len(source), pairs[larger], weights[larger]):
        label[group] = group[_solve(source[group], _dense(group, pairs[larger][rows], weights[larger][rows]))]
    _, numbers = np.unique(label, return_inverse=True)
    return numbers.astype(np.int64)


def _component_sizes(count: int, strong: Ints) -> tuple[Ints, Ints]:
    """The component of each record by pairs of positive weight, and the size of each component."""
    component = _components(count, strong)
    return component, np.bincount(component, minlength=1)


def _solve_threes(label: Ints, source: Ints, component: Ints, pairs: Ints, weights: Weights) -> None:
    """Label the records of groups of three: all together, the best two, or the best two of different sources."""
    if not len(pairs):
        return
    group, place = np.unique(component[pairs[:, 0]], return_inverse=True)
    everyone = np.flatnonzero(np.isin(component, group))
    members = everyone[np.argsort(component[everyone], kind="stable")].reshape(-1, 3)
    # slots: first and second, first and third, second and third member
    first = (pairs[:, 0] != members[place, 0]).astype(np.int64)
    second = (pairs[:, 1] == members[place, 2]).astype(np.int64)
    gain = np.full((len(group), 3), UNCOMPARED)
    gain[place, first + second] = weights
    one_each = np.ones(len(group), dtype=bool)
    for slot, (one, two) in enumerate(((0, 1), (0, 2), (1, 2))):
        same = source[members[:, one]] == source[members[:, two]]
        gain[same, slot] = -np.inf
        one_each &= ~same
    best = gain.argmax(axis=1)
    total = np.where(one_each, np.where(np.isinf(gain), 0.0, gain).sum(axis=1), -np.inf)
    united = total > gain.max(axis=1)
    low, high = np.array([0, 0, 1])[best], np.array([1, 2, 2])[best]
    row = np.arange(len(group))
    label[members[row, high]] = members[row, low]
    label[members[united, 1]] = members[united, 0]
    label[members[united, 2]] = members[united, 0]


def _groups(count: int, pairs: Ints, weights: Weights) -> list[tuple[Ints, Ints]]:
    """Groups of two or more records joined by pairs of positive weight, with the rows of all pairs inside each.

    No better clustering ever reaches across groups, so each can be solved alone.
    """
    found: list[tuple[Ints, Ints]] = []
    waiting = [(np.arange(len(pairs)), 0.0)] if len(pairs) else []
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
    graph = scipy.sparse.csr_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    return np.asarray(scipy.sparse.csgraph.connected_components(graph, directed=False)[1], dtype=np.int64)


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
    records = {code: np.flatnonzero(source == code).tolist() for code in codes}
    weight: Rows = matrix.tolist()
    best: Clusters = []
    best_value = -1.0
    tried: set[tuple[tuple[int, ...], ...]] = set()
    for order in _orders(codes):
        start: Clusters = []
        for code in order:
            start = _add(start, records[code], weight)
        mark = tuple(sorted(tuple(sorted(members)) for members in start))
        if mark in tried:
            continue
        tried.add(mark)
        clusters, value = _improve(start, records, weight)
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


def _add(clusters: Clusters, records: list[int], weight: Rows) -> Clusters:
    """The clusters with the records of one more source, each where it wins most, or alone."""
    joined = [list(members) for members in clusters]
    alone = set(records)
    if clusters and records:
        gain = np.array([[sum(weight[one][at] for one in members) for at in records] for members in clusters])
        rows, columns = scipy.optimize.linear_sum_assignment(np.maximum(gain, 0), maximize=True)
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
            if gain[row, column] > 0:
                joined[row].append(records[column])
                alone.discard(records[column])
    return joined + [[at] for at in records if at in alone]


def _improve(clusters: Clusters, records: Mapping[int, list[int]], weight: Rows) -> tuple[Clusters, float]:
    """The clusters after taking each source out and putting it back in the best way, until nothing is won."""
    value = _value(clusters, weight)
    while True:
        for own in records.values():
            taken = set(own)
            rest = [[at for at in members if at not in taken] for members in clusters]
            clusters = _add([members for members in rest if members], own, weight)
        now = _value(clusters, weight)
        if now <= value + 1e-9:
            return clusters, now
        value = now


def _value(clusters: Clusters, weight: Rows) -> float:
    """What a clustering is worth: the weights of all pairs that share a cluster."""
    return sum(weight[one][two] for members in clusters for one, two in combinations(members, 2))
