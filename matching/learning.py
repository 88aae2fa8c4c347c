"""Trees learned with scikit-learn and taken over as plain numbers, and the folds that keep their figures honest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.corpus import Corpus
from matching.trees import Ensemble, Tree

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: a name before its subtitle that more records than this share is a common word, not a franchise
_LARGEST_FRANCHISE = 250
_SHORTEST_HEAD = 4


def fit_trees(
    values: NDArray[np.float32], same: NDArray[np.bool_], names: Sequence[str], rounds: int, seed: int
) -> Ensemble:
    """Boosted trees that tell same from different pairs, as an Ensemble over `names`.

    Trees of 15 leaves on at least 20 pairs each: chosen by cross-validation over franchises, where neither larger
    nor smaller ones gained.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier

    model = HistGradientBoostingClassifier(
        max_iter=rounds,
        max_leaf_nodes=15,
        learning_rate=0.1,
        min_samples_leaf=20,
        l2_regularization=1.0,
        early_stopping=False,
        random_state=seed,
    )
    # a column nobody states would stop the library; as a constant it is never used
    usable = np.where(np.isnan(values).all(axis=0), np.float32(0), values)
    model.fit(usable, same)
    trees = tuple(_tree(stage[0].nodes) for stage in model._predictors)
    baseline = float(np.asarray(model._baseline_prediction).ravel()[0])
    return Ensemble(tuple(names), baseline, trees)


def _tree(nodes: Any) -> Tree:
    """One scikit-learn tree with its leaves numbered from the left."""
    leaves: list[float] = []
    inner: list[tuple[int, float, bool, int, int]] = []

    def walk(at: int) -> int:
        """The leaves below a node as a bit set."""
        node = nodes[at]
        if node["is_leaf"]:
            leaves.append(float(node["value"]))
            return 1 << (len(leaves) - 1)
        place = len(inner)
        inner.append((0, 0.0, False, 0, 0))
        left, right = walk(int(node["left"])), walk(int(node["right"]))
        inner[place] = (
            int(node["feature_idx"]),
            float(node["num_threshold"]),
            bool(node["missing_go_to_left"]),
            left,
            right,
        )
        return left | right

    everything = walk(0)
    return Tree(
        feature=tuple(node[0] for node in inner),
        threshold=tuple(node[1] for node in inner),
        missing_left=tuple(node[2] for node in inner),
        left_leaves=tuple(everything ^ node[4] for node in inner),
        right_leaves=tuple(everything ^ node[3] for node in inner),
        values=tuple(leaves),
    )


def franchises(corpus: Corpus, same_pairs: Ints) -> Ints:
    """A group number per record: records share one when they share a name before the subtitle, or are one work.

    Folds keep groups together, so that no franchise is learned from and judged by at once.
    """
    parent = list(range(len(corpus.records)))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    def join(one: int, two: int) -> None:
        one, two = root(one), root(two)
        parent[max(one, two)] = min(one, two)

    by_head: dict[str, set[int]] = {}
    for head, record in zip(corpus.titles.head, corpus.titles.record.tolist(), strict=True):
        if len(head) >= _SHORTEST_HEAD:
            by_head.setdefault(head, set()).add(record)
    for members in by_head.values():
        if len(members) <= _LARGEST_FRANCHISE:
            for member in members:
                join(min(members), member)
    for left, right in same_pairs.tolist():
        join(left, right)
    return np.array([root(at) for at in range(len(parent))], dtype=np.int64)


def folds_of(groups: Ints, folds: int, seed: int) -> Ints:
    """A fold per record, drawn once for each group."""
    drawn = np.random.default_rng(seed).integers(0, folds, len(groups))
    return drawn[groups].astype(np.int64)


def out_of_fold(
    values: NDArray[np.float32],
    same: NDArray[np.bool_],
    taught: NDArray[np.bool_],
    fold: Ints,
    names: Sequence[str],
    rounds: int,
    seed: int,
) -> tuple[Floats, list[Ensemble]]:
    """Log-odds of each pair by a model that was not taught its left record's franchise, and the models, one per fold.

    `fold` is (pairs, 2): the folds of both records. A pair is judged by the model without its left record's fold,
    which is that of both where they are one work; of two franchises the right one's may have been taught. Only
    `taught` pairs are learned from.
    """
    out = np.zeros(len(values))
    models = []
    for number in range(int(fold.max()) + 1):
        train = (fold != number).all(axis=1) & taught
        models.append(fit_trees(values[train], same[train], names, rounds, seed))
        judged = fold[:, 0] == number
        out[judged] = models[-1].log_odds(values[judged])
    return out, models
