"""Boosted decision trees as plain numbers: read from JSON, evaluated with NumPy, no pickle and no library version.

A row's leaf is found without walking: every node strikes out the leaves on the side the row does not take, and one
bit per tree remains. A value is first replaced by its rank among the thresholds of its feature, so that all nodes of
a tree on one feature are one look into a table. Source: Lucchese et al., "QuickScorer" (SIGIR 2015).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.errors import WeightsError

Floats = NDArray[np.float32]
#: one tree as a table of leaf bits for each feature by rank, and the value of each remaining leaf bit
_Compiled = tuple[list[tuple[int, NDArray[np.uint16]]], NDArray[np.float64]]

#: rows worked on at once: a block's columns stay in the processor's cache
_BLOCK = 4096
#: leaves of a tree are bits of one number
MOST_LEAVES = 16


@dataclass(frozen=True)
class Tree:
    """One tree: a row with value <= `threshold` of `feature` goes left, as do missing values where `missing_left`.

    `left_leaves` and `right_leaves` are bit sets of the leaves that stay possible on either side; `values` are
    the leaves' log-odds.
    """

    feature: tuple[int, ...]
    threshold: tuple[float, ...]
    missing_left: tuple[bool, ...]
    left_leaves: tuple[int, ...]
    right_leaves: tuple[int, ...]
    values: tuple[float, ...]

    def __post_init__(self) -> None:
        """Raises WeightsError when the parts cannot be one tree."""
        nodes = {len(self.feature), len(self.threshold), len(self.missing_left)}
        nodes |= {len(self.left_leaves), len(self.right_leaves)}
        if len(nodes) != 1 or not 1 <= len(self.values) <= MOST_LEAVES or len(self.values) != nodes.pop() + 1:
            raise WeightsError("a tree of the weights file is damaged; restore it or train again")


@dataclass(frozen=True)
class Ensemble:
    """The sum of many trees over named features, as log-odds."""

    features: tuple[str, ...]
    baseline: float
    trees: tuple[Tree, ...]

    def log_odds(self, values: NDArray[np.float32]) -> NDArray[np.float64]:
        """One number per row of `values` (rows, features); a row's result does not depend on the other rows."""
        out = np.full(len(values), self.baseline)
        cuts, trees = self._compiled
        for begin in range(0, len(values), _BLOCK):
            ranks = _ranks(values[begin : begin + _BLOCK], cuts)
            total = out[begin : begin + _BLOCK]
            for masks, leaf in trees:
                alive = np.full(len(total), len(leaf) - 1, dtype=np.uint16)
                for feature, mask in masks:
                    alive &= mask.take(ranks[feature])
                total += leaf.take(alive)
        return out

    @cached_property
    def _compiled(self) -> tuple[list[Floats], list[_Compiled]]:
        """The thresholds of each feature in ascending order, and the trees as tables over ranks among them."""
        met: list[set[float]] = [set() for _ in self.features]
        for tree in self.trees:
            for feature, threshold in zip(tree.feature, tree.threshold, strict=True):
                met[feature].add(float(np.float32(threshold)))
        cuts = [np.array(sorted(values), dtype=np.float32) for values in met]
        places = [{value: place for place, value in enumerate(cut.tolist())} for cut in cuts]
        return cuts, [_compile(tree, places) for tree in self.trees]

    def as_json(self) -> dict[str, Any]:
        """The ensemble as lists and numbers, for the weights file."""
        trees = [
            [
                list(tree.feature),
                [float(f"{value:.9g}") for value in tree.threshold],
                [int(flag) for flag in tree.missing_left],
                list(tree.left_leaves),
                list(tree.right_leaves),
                [float(f"{value:.6g}") for value in tree.values],
            ]
            for tree in self.trees
        ]
        return {"features": list(self.features), "baseline": float(f"{self.baseline:.9g}"), "trees": trees}


def ensemble_from_json(data: Mapping[str, Any], expected: Sequence[str]) -> Ensemble:
    """The ensemble that `as_json` wrote.

    Raises:
        WeightsError: the numbers are damaged or were learned for other features than `expected`.
    """
    if list(data.get("features", ())) != list(expected):
        raise WeightsError("the weights were learned for other features than this version has; train again")
    try:
        trees = tuple(
            Tree(
                tuple(int(at) for at in feature),
                tuple(float(value) for value in threshold),
                tuple(bool(flag) for flag in missing_left),
                tuple(int(bits) for bits in left),
                tuple(int(bits) for bits in right),
                tuple(float(value) for value in values),
            )
            for feature, threshold, missing_left, left, right, values in data["trees"]
        )
        baseline = float(data["baseline"])
    except (KeyError, TypeError, ValueError) as problem:
        raise WeightsError(f"the weights file is damaged ({problem}); restore it or train again") from problem
    return Ensemble(tuple(expected), baseline, trees)


def _ranks(values: Floats, cuts: list[Floats]) -> list[NDArray[np.intp]]:
    """For each feature how many of its thresholds lie below each row's value; one more than all when it is missing."""
    found = []
    for column, cut in zip(np.ascontiguousarray(values.T), cuts, strict=True):
        rank = np.searchsorted(cut, column)
        rank[np.isnan(column)] = len(cut) + 1
        found.append(rank)
    return found


def _compile(tree: Tree, places: list[dict[float, int]]) -> _Compiled:
    """For each feature the leaves that stay possible at each rank, and the value of each remaining leaf bit.

    `places` tells of each feature where its thresholds stand among one another.
    """
    masks: dict[int, NDArray[np.uint16]] = {}
    everything = (1 << len(tree.values)) - 1
    for node, feature in enumerate(tree.feature):
        mask = masks.get(feature)
        if mask is None:
            mask = masks[feature] = np.full(len(places[feature]) + 2, everything, dtype=np.uint16)
        place = places[feature][float(np.float32(tree.threshold[node]))]
        mask[: place + 1] &= np.uint16(tree.left_leaves[node])
        mask[place + 1 : -1] &= np.uint16(tree.right_leaves[node])
        mask[-1] &= np.uint16(tree.left_leaves[node] if tree.missing_left[node] else tree.right_leaves[node])
    leaf = np.zeros(everything + 1, dtype=np.float64)
    leaf[1 << np.arange(len(tree.values))] = tree.values
    return list(masks.items()), leaf
