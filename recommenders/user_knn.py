"""User-based neighbours: what is on the lists of those whose lists resemble yours most."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import scipy
from numpy.typing import NDArray
from typing_extensions import override

from recommenders.base import Recommender
from recommenders.config import Between, EvidenceConfig, SearchSpace
from recommenders.contributions import Floats, Indices
from recommenders.features import ItemFeatures
from recommenders.interactions import Csr, Interactions, sparse
from recommenders.likeness import rarity, unit_rows
from recommenders.linear import seen_items
from recommenders.ranking import top_k

COSINES_BYTES = 8 * 2**20
"""Cosines of rows with all training users held at once. The sparse product that they are made from takes up to three
times as much, and `recommend` scores several blocks side by side."""


@dataclass(frozen=True)
class UserKnnConfig(EvidenceConfig):
    """Tuned on splits inside the training part of ../shared/data."""

    rating_power: float = 1.0
    neighbours: int = 200
    """So many of the most similar users carry the scores."""
    item_power: float = 0.3
    """An item counts (users who have it) ** -item_power while lists are compared: rare items say more."""
    sharpness: float = 2.0
    """Similarities are raised to this power: near neighbours outweigh many far ones."""
    popularity_penalty: float = 0.35
    """Scores of an item are divided by (users who have it) ** popularity_penalty."""

    search_space: ClassVar[SearchSpace] = {
        **EvidenceConfig.search_space,
        "neighbours": Between(20, 800, log=True),
        "item_power": Between(0.0, 0.8),
        "sharpness": Between(1.0, 6.0),
        "popularity_penalty": Between(0.0, 0.7),
    }


class UserKnn(Recommender):
    """Cosine of the users' rows; the k most similar training users lend their lists.

    score(u, i) = sum_v sim(u, v) ** sharpness * x(v, i) / users(i) ** popularity_penalty. Anybody's row can be
    compared, so users who were not there at training fold in; a known user meets the own row among the
    neighbours, which adds to nothing but what is on that list already.

    An item j of the user has a part in every similarity, x(u, j) x(v, j) of the cosine's numerator; what it
    carried of a score is that part of each neighbour's loan.

    Source:
        Herlocker, Konstan, Borchers, Riedl, "An algorithmic framework for performing collaborative
        filtering", SIGIR 1999; asymmetric and locality-sharpened top-N variant: Aiolli, "Efficient top-N
        recommendation for very large scale binary rated datasets", RecSys 2013.
    """

    name = "user_knn"
    family = "collaborative"
    Config = UserKnnConfig

    _compared: Csr
    """csr (training users, n_items): their rows weighted by the items' rarity, of length 1."""
    _others: Csr
    """The same with the training users as columns, csr (n_items, training users)."""
    _lent: Csr
    """csr (training users, n_items): their evidence over the items' popularity."""
    _rarity: Floats

    @override
    def _fit(self, interactions: Interactions, items: ItemFeatures | None) -> None:
        seen_items(interactions, self.name)
        evidence = self._weights(interactions)
        evidence = scipy.sparse.csr_array(evidence[np.flatnonzero(np.diff(evidence.indptr))])
        users = np.maximum(np.bincount(evidence.indices, minlength=interactions.n_items), 1).astype(np.float64)
        self._rarity = rarity(evidence, self.config.item_power)
        self._compare_with(unit_rows(evidence, self._rarity))
        lent = evidence.copy()
        lent.data = np.asarray(evidence.data * users[evidence.indices] ** -self.config.popularity_penalty, np.float32)
        self._lent = lent

    def _compare_with(self, compared: Csr) -> None:
        """Keep the training users' rows, and what every comparison reads of them."""
        self._compared, self._others = compared, compared.T.tocsr()

    def _neighbours(self, compared: Csr) -> Csr:
        """Cosines with the most similar training users: csr (rows, training users) in (0, 1].

        Args:
            compared: csr (rows, n_items), of length 1.
        """
        cosines = (compared @ self._others).toarray()
        users, values = top_k(cosines, min(self.config.neighbours, cosines.shape[1]))
        row, place = np.nonzero(values > 0)
        return sparse(values[row, place], row, users[row, place], cosines.shape)

    @override
    def _scores(self, rows: Interactions) -> Floats:
        compared = unit_rows(self._weights(rows), self._rarity)
        scores = np.empty((rows.n_users, rows.n_items), dtype=np.float32)
        size = max(1, COSINES_BYTES // (4 * self._others.shape[1]))
        for start in range(0, rows.n_users, size):
            near = self._neighbours(compared[start : start + size])
            near.data **= np.float32(self.config.sharpness)
            scores[start : start + size] = (near @ self._lent).toarray()
        return scores

    @override
    def _speaks(self, rows: Interactions) -> NDArray[np.bool_]:
        return np.asarray(rows.seen @ (self._rarity > 0).astype(np.float32) > 0)

    @override
    def _carried(self, history: Indices, weights: Floats, targets: Indices) -> Floats:
        shape = (1, len(self.item_keys))
        row = sparse(weights, np.zeros(len(history), dtype=np.int64), history, shape)
        unit = unit_rows(row, self._rarity)
        near = self._neighbours(unit)
        # sim ** sharpness = sim ** (sharpness - 1) * sum of the items' parts: exact up to rounding
        loans = self._lent[near.indices][:, targets].toarray() * near.data[:, None] ** (self.config.sharpness - 1)
        parts = self._compared[near.indices][:, history].toarray() * unit.toarray()[0, history]
        return np.asarray(parts.T @ loans, dtype=np.float32)

    @override
    def _state(self) -> dict[str, NDArray[Any] | Csr]:
        return {"compared": self._compared, "lent": self._lent, "rarity": self._rarity}

    @override
    def _restore(self, arrays: dict[str, Any]) -> None:
        self._lent, self._rarity = arrays["lent"], arrays["rarity"]
        self._compare_with(arrays["compared"])
