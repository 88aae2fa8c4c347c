"""Models that learn a vector for every user and item by small steps, and read anybody from the list alone."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import scipy
from numpy.typing import NDArray
from typing_extensions import override

from recommenders.base import Recommender
from recommenders.config import EvidenceConfig
from recommenders.contributions import Floats, Indices
from recommenders.features import ItemFeatures
from recommenders.interactions import Csr, Interactions, scale_rows
from recommenders.linear import seen_items


@dataclass(frozen=True)
class EmbeddingConfig(EvidenceConfig):
    """What all models of this kind are told."""

    rating_power: float = 1.0
    embedding_size: int = 64
    epochs: int = 10
    learning_rate: float = 0.05
    max_samples: int = 5_000_000
    """Upper bound of epochs times entries, which is what training time grows with: a larger data set gets
    fewer epochs, by this rule and not by a clock."""
    fold_in_reg: float = 0.01
    """Ridge penalty of the fold-in map, relative to the mean square of its inputs."""

    passes_field: ClassVar[str | None] = "epochs"

    def affordable_epochs(self, entries: float) -> int:
        """How many passes over so many entries `max_samples` allows: at least 1, at most `epochs`."""
        return int(np.clip(self.max_samples // max(entries, 1), 1, self.epochs))


@dataclass(frozen=True)
class Learned:
    """What training ends in.

    Attributes:
        users: float32 (n_users, size).
        items: float32 (n_items, size); 0 for items of which nothing was learned.
        biases: float32 (n_items,), how much each item is liked by everybody, up to a constant.
    """

    users: Floats
    items: Floats
    biases: Floats


class EmbeddingRecommender(Recommender):
    """Item vectors and biases, and a map from lists to users.

    Fold-in: a user's vector is z @ M with z the weighted sum of the embeddings of what is on the list,
    divided by the square root of its length, and M the ridge regression from z to the user embeddings
    that were trained. Known users go the same way. A score is linear in the list, plus the item's bias,
    which no item carries.
    """

    _embeddings: Floats
    """float32 (n_items, embedding_size); 0 for items of which nothing was learned."""
    _biases: Floats
    _map: Floats

    @abstractmethod
    def _train(self, weights: Csr, columns: NDArray[np.intp], items: ItemFeatures | None) -> Learned:
        """Vectors of the users and of all items.

        Args:
            weights: csr (n_users, len(columns)), evidence.
            columns: the items that anybody has seen.
            items: descriptions of all items.
        """

    @override
    def _fit(self, interactions: Interactions, items: ItemFeatures | None) -> None:
        columns = seen_items(interactions, self.name)
        learned = self._train(scipy.sparse.csr_array(self._weights(interactions)[:, columns]), columns, items)
        self._embeddings = learned.items
        # nobody has seen the others: nothing speaks for them, so they stand with the least popular; only
        # differences matter, so a bias is never negative
        self._biases = np.zeros(interactions.n_items, dtype=np.float32)
        self._biases[columns] = learned.biases[columns] - learned.biases[columns].min()
        self._map = self._fold_in_map(interactions, learned.users)

    def _fold_in_map(self, interactions: Interactions, users: Floats) -> Floats:
        """M: ridge regression from the lists' vectors to the trained users, float32 (size, size)."""
        lists = self._list_vectors(interactions).astype(np.float64)
        gram = lists.T @ lists
        penalty = self.config.fold_in_reg * np.trace(gram) / len(gram)
        gram[np.diag_indices(len(gram))] += max(penalty, np.finfo(np.float64).tiny)
        return np.linalg.solve(gram, lists.T @ users).astype(np.float32)

    def _list_vectors(self, rows: Interactions) -> Floats:
        """z: float32 (rows, embedding_size)."""
        return np.asarray(scale_rows(self._weights(rows), 0.5) @ self._embeddings)

    @override
    def _scores(self, rows: Interactions) -> Floats:
        users = self._list_vectors(rows) @ self._map
        return np.asarray(users @ self._embeddings.T + self._biases, dtype=np.float32)

    @override
    def _speaks(self, rows: Interactions) -> NDArray[np.bool_]:
        trained = np.any(self._embeddings != 0, axis=1).astype(np.float32)
        return np.asarray(rows.seen @ trained > 0)

    @override
    def _carried(self, history: Indices, weights: Floats, targets: Indices) -> Floats:
        # the list's vector is a sum over its items: exact up to rounding
        scaled = weights / np.float32(np.sqrt(len(history)))
        own = (self._embeddings[history] * scaled[:, None]) @ self._map
        return np.asarray(own @ self._embeddings[targets].T, dtype=np.float32)

    @override
    def _base(self, targets: Indices) -> Floats:
        return self._biases[targets]

    @override
    def _state(self) -> dict[str, NDArray[Any] | Csr]:
        return {"embeddings": self._embeddings, "biases": self._biases, "map": self._map}

    @override
    def _restore(self, arrays: dict[str, Any]) -> None:
        self._embeddings, self._biases = arrays["embeddings"], arrays["biases"]
        self._map = arrays["map"]
