"""Item-based neighbours: what is watched by the same people as what you watched."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from recommenders.config import Between, EvidenceConfig, SearchSpace
from recommenders.contributions import Floats
from recommenders.features import ItemFeatures
from recommenders.interactions import Csr, Interactions
from recommenders.linear import LinearRecommender, seen_items, strongest, target_blocks, training_matrix


@dataclass(frozen=True)
class ItemKnnConfig(EvidenceConfig):
    """Tuned on splits inside the training part of ../shared/data."""

    rating_power: float = 1.0
    neighbours: int = 50
    """An item is carried by so many of its neighbours."""
    user_power: float = 0.4
    """A user's entries weigh (length of the list) ** -user_power."""
    target_power: float = 0.2
    """How far the popularity of the recommended item is divided out; 0.5 = cosine, 0 = not at all."""
    shrink: float = 0.5
    """Added to the denominator: similarities that rest on few users shrink."""
    sharpness: float = 4.0
    """Similarities are raised to this power: near neighbours outweigh many far ones."""
    similar_items: int = 50
    """Length of the plain cosine lists kept for `similar`."""

    search_space: ClassVar[SearchSpace] = {
        **EvidenceConfig.search_space,
        "neighbours": Between(10, 400, log=True),
        "user_power": Between(0.0, 1.0),
        "target_power": Between(0.0, 0.6),
        "shrink": Between(0.01, 50.0, log=True),
        "sharpness": Between(1.0, 8.0),
    }


class ItemKnn(LinearRecommender):
    """Similarity of columns of the user x item matrix, k nearest per recommended item.

    carry(j, i) = (g(j, i) / (g(j, j) ** (1 - a) * g(i, i) ** a + shrink)) ** sharpness with g the Gram
    matrix of the scaled evidence and a the target power, for the k largest j of each i.

    Source:
        Sarwar, Karypis, Konstan, Riedl, "Item-based collaborative filtering recommendation
        algorithms", WWW 2001; asymmetric cosine: Aiolli, "Efficient top-N recommendation for very large
        scale binary rated datasets", RecSys 2013.
    """

    name = "item_knn"
    family = "collaborative"
    Config = ItemKnnConfig

    @override
    def _learn(self, interactions: Interactions, items: ItemFeatures | None) -> Csr:
        columns = seen_items(interactions, self.name)
        matrix = training_matrix(self._weights(interactions), columns, self.config.user_power)
        size = np.asarray((matrix * matrix).sum(axis=0), dtype=np.float32).ravel()
        power, n_items = self.config.target_power, interactions.n_items
        self._near = strongest(
            self._similarities(matrix, size, 0.5, 1.0), columns, self.config.similar_items, n_items
        ).T.tocsr()
        return strongest(
            self._similarities(matrix, size, power, self.config.sharpness),
            columns,
            self.config.neighbours,
            n_items,
        )

    def _similarities(
        self, matrix: Csr, size: Floats, power: float, sharpness: float
    ) -> Iterator[tuple[NDArray[np.intp], Floats]]:
        """Blocks of targets with their similarity to every item, 0 to themselves."""
        transposed = matrix.T.tocsr()
        history = size ** np.float32(1 - power)
        for block in target_blocks(len(size)):
            together = (transposed[block] @ matrix).toarray()
            together[np.arange(len(block)), block] = 0
            scale = size[block, None] ** np.float32(power) * history + np.float32(self.config.shrink)
            yield block, np.asarray((together / scale) ** np.float32(sharpness), dtype=np.float32)
