"""Two towers: one network reads a list, another an anime, and what belongs together comes out side by side."""

from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import scipy
from numpy.typing import NDArray
from typing_extensions import override

from recommenders.base import Recommender
from recommenders.config import Between, EvidenceConfig, OneOf, SearchSpace
from recommenders.contributions import Contributions, Floats, Indices
from recommenders.errors import MissingFeaturesError, NotEnoughDataError
from recommenders.features import ItemFeatures
from recommenders.interactions import Csr, Interactions
from recommenders.labels import item_labels
from recommenders.linear import seen_items
from recommenders.minilm import require
from recommenders.two_tower_training import Lists, forward, item_inputs, mean_inputs, trained


@dataclass(frozen=True)
class TwoTowerConfig(EvidenceConfig):
    """Tuned on splits inside the training part of ../shared/data."""

    rating_power: float = 1.0
    embedding_size: int = 192
    """Numbers that stand for an item at the foot of both towers, and for user and item at their tops."""
    hidden_size: int = 128
    temperature: float = 0.13
    """What a cosine is divided by in the softmax: the smaller, the more the nearest wrong items count."""
    learning_rate: float = 0.0015
    averaging: float = 0.997
    """The model is a running mean of the layers, of which each step leaves this share."""
    batch_users: int = 64
    epochs: int = 100
    """Passes at most; checks on hidden entries end training earlier."""
    check_every: int = 4
    patience: int = 3
    """After so many checks in a row that are no better than the best so far, training ends."""
    validation_share: float = 0.1
    """Of so many of the users a fifth of the entries is hidden for the checks."""
    min_items: int = 3
    """A label that fewer of the seen items have teaches nothing of others."""

    search_space: ClassVar[SearchSpace] = {
        **EvidenceConfig.search_space,
        "embedding_size": Between(64, 384, log=True),
        "hidden_size": OneOf((64, 128, 256)),
        "temperature": Between(0.06, 0.3, log=True),
        "learning_rate": Between(5e-4, 5e-3, log=True),
        "averaging": OneOf((0.98, 0.99, 0.995, 0.997)),
        "batch_users": OneOf((32, 64, 128)),
    }


class TwoTower(Recommender):
    """Cosine of a user vector and an item vector, each from two dense layers.

    An item enters as its own embedding plus the mean of those of its genres, tags and studios. A list enters as
    the mean of its items, weighted by evidence, so the user tower knows no user and anybody folds in; an anime
    nobody has seen enters by its labels and the mean of the embeddings of those that the fewest have. The dense
    layers say what is to be added to that (a residual connection), so that ratings too few for a network still make
    the model of factors that it begins as.

    Training predicts lists: the softmax over all that is on any list of the batch, with its bias towards the popular
    divided out (logQ), weighted by evidence. The model is a running mean of the layers; hidden entries say when to
    stop. On a GPU where there is one; on a CPU the same input gives the same bits.

    A score is no sum over the list. What an item carried is what the score loses when it is taken off the list, and
    the rest is said by the list as a whole, `together`: items that only say the same together share less than
    they carry.

    Source:
        Covington, Adams, Sargin, "Deep neural networks for YouTube recommendations", RecSys 2016; Yi et al.,
        "Sampling-bias-corrected neural modeling for large corpus item recommendations", RecSys 2019. The running
        mean: Polyak, Juditsky, "Acceleration of stochastic approximation by averaging", SIAM J. Control, 1992.
    """

    name = "two_tower"
    family = "collaborative"
    Config = TwoTowerConfig
    needs_items = True

    _layers: dict[str, Any]
    """The user tower's layers, float32."""
    _inputs: Floats
    """float32 (n_items, embedding_size), each item at the foot of the towers; 0 for one nothing is known of."""
    _outputs: Floats
    """float32 (n_items, embedding_size), each item at the top of its tower, of length 1."""

    @override
    def _fit(self, interactions: Interactions, items: ItemFeatures | None) -> None:
        require(self.name, "torch")
        if items is None:
            raise MissingFeaturesError(f"{self.name} reads labels, and no item features were given")
        columns = seen_items(interactions, self.name)
        weights = scipy.sparse.csr_array(self._weights(interactions)[:, columns])
        weights = scipy.sparse.csr_array(weights[np.flatnonzero(np.diff(weights.indptr) >= 2)])
        if not weights.nnz:
            raise NotEnoughDataError(f"{self.name} predicts one item of a list from others, and no list has two")
        labels = item_labels(items, columns, self.config.min_items)
        layers, self.training = trained(Lists(weights, scipy.sparse.csr_array(labels[columns])), self.config)
        ids = np.zeros((interactions.n_items, self.config.embedding_size), dtype=np.float32)
        # that hardly anybody has it is part of what an embedding says: without it, what nobody has would come first
        ids[np.diff(labels.indptr) > 0] = layers["ids"][_least_seen(weights)].mean(axis=0)
        ids[columns] = layers["ids"]
        self._inputs = item_inputs({"ids": ids, "labels": layers["labels"]}, labels)
        self._outputs = np.asarray(forward(self._inputs, layers, "item"), dtype=np.float32)
        # of these nothing is known at all, so nothing may speak for them
        self._outputs[~np.any(self._inputs != 0, axis=1)] = 0
        self._layers = {name: layer for name, layer in layers.items() if name.startswith("user_")}

    @override
    def _scores(self, rows: Interactions) -> Floats:
        users = forward(mean_inputs(self._weights(rows), self._inputs), self._layers, "user")
        return np.asarray(users @ self._outputs.T, dtype=np.float32)

    @override
    def _speaks(self, rows: Interactions) -> NDArray[np.bool_]:
        known = np.any(self._inputs != 0, axis=1).astype(np.float32)
        return np.asarray(rows.seen @ known > 0)

    @override
    def contributions(self, rows: Interactions, targets: Indices, top: int = 3) -> Contributions:
        """What each of the user's items carried of each recommended item: what the score loses without it."""
        out = super().contributions(rows, targets, top)
        rest = self._scores_at(rows, targets) - out.total
        return replace(out, together=np.where(self._speaks(rows)[:, None], rest, 0))

    @override
    def _carried(self, history: Indices, weights: Floats, targets: Indices) -> Floats:
        parts = self._inputs[history] * weights[:, None]
        rest = np.maximum(weights.sum() - weights, np.finfo(np.float32).tiny)[:, None]
        # a list of one leaves an empty one, whose mean is 0
        without = (parts.sum(axis=0) - parts) / rest if len(history) > 1 else np.zeros_like(parts)
        whole = parts.sum(axis=0, keepdims=True) / max(float(weights.sum()), 1e-30)
        users = forward(np.concatenate([whole, without]).astype(np.float32), self._layers, "user")
        scores = users @ self._outputs[targets].T
        return np.asarray(scores[:1] - scores[1:], dtype=np.float32)

    @override
    def _state(self) -> dict[str, NDArray[Any] | Csr]:
        return {"inputs": self._inputs, "outputs": self._outputs, **self._layers}

    @override
    def _restore(self, arrays: dict[str, Any]) -> None:
        self._inputs, self._outputs = arrays["inputs"], arrays["outputs"]
        self._layers = {name: layer for name, layer in arrays.items() if name.startswith("user_")}


def _least_seen(weights: Csr) -> NDArray[np.bool_]:
    """Which items the fewest users have, and somebody does: bool (items,)."""
    users = np.bincount(weights.indices, minlength=weights.shape[1])
    return np.asarray(users == users[users > 0].min())
