"""LightFM with the WARP loss: embeddings trained to put what was seen above what was not."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import scipy
from numpy.typing import NDArray
from typing_extensions import override

from recommenders.base import Recommender
from recommenders.config import Between, EvidenceConfig, OneOf, SearchSpace
from recommenders.contributions import Floats, Indices
from recommenders.errors import ModelDivergedError
from recommenders.features import ItemFeatures
from recommenders.interactions import Csr, Interactions, scale_rows
from recommenders.linear import seen_items
from recommenders.training import PairProbe


@dataclass(frozen=True)
class LightfmWarpConfig(EvidenceConfig):
    """Tuned on splits inside the training part of ../shared/data."""

    rating_power: float = 1.0
    embedding_size: int = 96
    epochs: int = 20
    max_samples: int = 5_000_000
    """Upper bound of epochs times entries, which is what training time grows with: a larger data set gets
    fewer epochs, by this rule and not by a clock."""
    max_sampled: int = 30
    """Negatives drawn at most to find one that is ranked too high."""
    learning_rate: float = 0.05
    item_reg: float = 1e-6
    fold_in_reg: float = 0.01
    """Ridge penalty of the fold-in map, relative to the mean square of its inputs."""

    search_space: ClassVar[SearchSpace] = {
        **EvidenceConfig.search_space,
        "embedding_size": Between(32, 128, log=True),
        "learning_rate": Between(0.01, 0.15, log=True),
        "item_reg": Between(1e-7, 1e-4, log=True),
        "max_sampled": OneOf((10, 20, 30, 50)),
        "fold_in_reg": Between(0.001, 0.1, log=True),
    }
    passes_field: ClassVar[str | None] = "epochs"


class LightfmWarp(Recommender):
    """Embeddings and item biases by WARP; users are read from their lists.

    Fold-in: a user's vector is z @ M with z the weighted sum of the embeddings of what is on the list,
    divided by the square root of its length, and M the ridge regression from z to the user embeddings
    that LightFM trained. Known users go the same way: on the validation split these vectors rank better
    than the trained ones (0.218 against 0.206 NDCG@10). A score is linear in the list, plus the item's
    bias, which no item carries.

    One thread: LightFM's threads write to shared embeddings without locks, and no two runs would agree.

    Source:
        Kula, "Metadata embeddings for user and item cold-start recommendations", CBRecSys 2015; WARP:
        Weston, Bengio, Usunier, "WSABIE", IJCAI 2011.
    """

    name = "lightfm_warp"
    family = "collaborative"
    Config = LightfmWarpConfig

    _embeddings: Floats
    """float32 (n_items, embedding_size); 0 for items nobody has seen."""
    _biases: Floats
    _map: Floats

    @override
    def _fit(self, interactions: Interactions, items: ItemFeatures | None) -> None:
        columns = seen_items(interactions, self.name)
        weights = self._weights(interactions)[:, columns]
        model = self._train(scipy.sparse.csr_array(weights))
        biases, vectors = model.get_item_representations()
        n_items, size = interactions.n_items, self.config.embedding_size
        self._embeddings = np.zeros((n_items, size), dtype=np.float32)
        self._embeddings[columns] = vectors
        # nobody has seen the others: nothing speaks for them, so they stand with the least popular
        self._biases = np.zeros(n_items, dtype=np.float32)
        self._biases[columns] = biases - biases.min()  # only differences matter; so a bias is never negative
        self._map = self._fold_in_map(interactions, model.get_user_representations()[1])

    def _train(self, weights: Csr) -> Any:
        """A fitted `lightfm.LightFM`."""
        from lightfm import LightFM

        model = LightFM(
            no_components=self.config.embedding_size,
            loss="warp",
            learning_rate=self.config.learning_rate,
            item_alpha=self.config.item_reg,
            max_sampled=self.config.max_sampled,
            random_state=self.config.seed,
        )
        epochs = int(np.clip(self.config.max_samples // weights.nnz, 1, self.config.epochs))
        entries = scipy.sparse.coo_matrix(weights)
        ones = scipy.sparse.coo_matrix((np.ones_like(entries.data), (entries.row, entries.col)), shape=entries.shape)
        probe, passes = PairProbe(weights, self.config.seed), []
        for _ in range(epochs):
            try:
                # one epoch after the other is the same to the last bit as all at once
                model.fit_partial(ones, sample_weight=entries, epochs=1, num_threads=1)
            except ValueError as error:
                raise ModelDivergedError(f"lightfm_warp stopped: {error}") from error
            passes.append(probe.share(model.user_embeddings, model.item_embeddings, model.item_biases))
        self.training = tuple(passes)
        return model

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
