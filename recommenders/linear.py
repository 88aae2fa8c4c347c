"""Models whose score is a weighted sum over what the user has seen: score(u, i) = sum_j w(u, j) carry(j, i).

Neighbours, content and EASE differ only in how `carry` is learned. It is kept sparse and non-negative:
each item is carried by its strongest items alone, which makes scoring fast, the stored model small, and
every reason ("because you have seen j") true and exact.
"""

from abc import abstractmethod
from collections.abc import Iterable
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray
from typing_extensions import override

from recommenders.base import Recommender
from recommenders.contributions import Floats, Indices
from recommenders.errors import NotEnoughDataError
from recommenders.features import ItemFeatures
from recommenders.interactions import Csr, Interactions, scale_rows, sparse
from recommenders.ranking import WORTH_KERNEL, top_k


class LinearRecommender(Recommender):
    """A recommender that is one sparse item-to-item matrix."""

    _carry: Csr
    """csr (n_items, n_items) float32 >= 0: from an item the user has (row) to a recommended one (column)."""
    _near: Csr | None = None

    @property
    def carry(self) -> Csr:
        """Csr (n_items, n_items) float32 >= 0: from an item a user has (row) to a recommended one (column)."""
        return self._carry

    @abstractmethod
    def _learn(self, interactions: Interactions, items: ItemFeatures | None) -> Csr:
        """`carry`; may also leave cosines in `_near`."""

    @override
    def _fit(self, interactions: Interactions, items: ItemFeatures | None) -> None:
        self._set_carry(self._learn(interactions, items))

    def _set_carry(self, carry: Csr) -> None:
        self._carry = carry
        self._targets = carry.indices.astype(np.int32, copy=False)  # narrow numbers are read twice as fast
        self._reaches = (np.diff(carry.indptr) > 0).astype(np.float32)

    @override
    def _scores(self, rows: Interactions) -> Floats:
        weights, carry = self._weights(rows), self._carry
        if rows.n_users * rows.n_items < WORTH_KERNEL:
            return (weights @ carry).toarray()
        from recommenders.kernels.topk import weighted_sums

        # the same additions in the same order, without a sparse matrix in between that is hardly sparse
        sums = weighted_sums(weights.indptr, weights.indices, weights.data, carry.indptr, self._targets, carry.data)
        return np.asarray(sums)

    @override
    def _speaks(self, rows: Interactions) -> NDArray[np.bool_]:
        return np.asarray(rows.seen @ self._reaches > 0)

    @override
    def _carried(self, history: Indices, weights: Floats, targets: Indices) -> Floats:
        # exact: the very products that `_scores` adds up
        part = self._carry[history]
        column = np.full(len(self.item_keys), -1, dtype=np.int64)
        column[targets] = np.arange(len(targets))
        wanted = column[part.indices] >= 0
        source = np.repeat(np.arange(len(history)), np.diff(part.indptr))[wanted]
        out = np.zeros((len(history), len(targets)), dtype=np.float32)
        out[source, column[part.indices[wanted]]] = part.data[wanted] * weights[source]
        return out

    @override
    def _cosines(self) -> Csr | None:
        return self._near

    @override
    def _state(self) -> dict[str, NDArray[Any] | Csr]:
        near = {} if self._near is None else {"near": self._near}
        return {"carry": self._carry, **near}

    @override
    def _restore(self, arrays: dict[str, Any]) -> None:
        self._near = arrays.get("near")
        self._set_carry(arrays["carry"])


def seen_items(interactions: Interactions, owner: str) -> NDArray[np.intp]:
    """Columns that at least one user has seen, ascending.

    Raises:
        NotEnoughDataError: nobody has seen anything.
    """
    columns = np.flatnonzero(np.asarray(interactions.seen.sum(axis=0)).ravel() > 0)
    if not len(columns):
        raise NotEnoughDataError(f"{owner} learns from what users have seen, and nobody has seen anything")
    return columns


def most_seen(interactions: Interactions, owner: str, limit: int) -> NDArray[np.intp]:
    """Columns of a model that predicts items from each other, ascending: the most seen, ties to the lower number.

    Raises:
        NotEnoughDataError: nobody has seen anything, or one user one item and that is all there is.
    """
    columns = seen_items(interactions, owner)
    if interactions.seen.nnz == len(columns) == 1:
        raise NotEnoughDataError(f"{owner} predicts one item from another, and only one has been seen")
    seen = np.asarray(interactions.seen.sum(axis=0)).ravel()[columns]
    return np.sort(columns[np.argsort(-seen, kind="stable")[:limit]])


def gram(matrix: Csr) -> Floats:
    """X'X, dense float32, filled in runs of rows: the product of sparse matrices would need twice its memory."""
    transposed = matrix.T.tocsr()
    together = np.empty((matrix.shape[1], matrix.shape[1]), dtype=np.float32)
    for block in target_blocks(len(together)):
        together[block] = (transposed[block] @ matrix).toarray()
    return together


def training_matrix(weights: Csr, columns: NDArray[np.intp], user_power: float) -> Csr:
    """Evidence of the users who have any of these columns: csr (users, columns), long lists scaled down."""
    part = weights[:, columns]
    part = part[np.flatnonzero(np.diff(part.indptr))]
    return scale_rows(scipy.sparse.csr_array(part), user_power)


def strongest(
    blocks: Iterable[tuple[NDArray[np.intp], Floats]], columns: NDArray[np.intp], keep: int, n_items: int
) -> Csr:
    """The largest positive values of each target as csr (n_items, n_items), row carries column.

    Args:
        blocks: (targets, values): positions within `columns`, and float32 (targets, len(columns)).
        columns: the items the positions stand for.
        keep: at most so many values per target.
        n_items: size of the catalogue.
    """
    sources, targets, data = [], [], []
    for block, values in blocks:
        found, best = top_k(values, min(keep, len(columns)))
        row, place = np.nonzero(best > 0)
        sources.append(columns[found[row, place]])
        targets.append(columns[block[row]])
        data.append(best[row, place])
    rows, sinks = np.concatenate(sources), np.concatenate(targets)
    return sparse(np.concatenate(data), rows, sinks, (n_items, n_items))


def target_blocks(n: int, size: int = 512) -> list[NDArray[np.intp]]:
    """The numbers 0..n-1 in runs of at most `size`."""
    return [np.arange(start, min(start + size, n)) for start in range(0, n, size)]
