"""SLIM: each anime predicted from few others, by an elastic net without negative weights."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from recommenders.config import Between, EvidenceConfig, SearchSpace
from recommenders.contributions import Floats
from recommenders.errors import NotEnoughDataError
from recommenders.features import ItemFeatures
from recommenders.interactions import LIKED, Csr, Interactions
from recommenders.linear import LinearRecommender, gram, most_seen, strongest, target_blocks, training_matrix
from recommenders.threads import in_threads


@dataclass(frozen=True)
class SlimConfig(EvidenceConfig):
    """Tuned on ../shared/data, on users who hide a part of their lists among others who hide nothing.

    That is how a user meets the model in a warehouse. Where everybody hides a part, as in the evaluation, the same
    values are the better ones too.
    """

    l1: float = 0.15
    """What a weight costs, for an item of average popularity: the higher, the fewer carry it."""
    l2: float = 0.4
    """What the square of a weight costs, halved."""
    user_power: float = 0.2
    """A user's entries weigh (length of the list) ** -user_power."""
    popularity_power: float = 0.3
    """Predicting an item costs l1 * (users who have it / their mean) ** popularity_power."""
    sharpness: float = 1.0
    """Weights are raised to this power: above 1, few strong reasons outweigh many weak ones."""
    neighbours: int = 200
    """An item is carried by at most so many items."""
    passes: int = 15
    tolerance: float = 5e-4
    """Descent ends when no weight moves further in a pass."""
    max_items: int = 12_000
    """Items that take part, the most seen first: the dense matrix needs 4 * max_items ** 2 bytes."""

    search_space: ClassVar[SearchSpace] = {
        **EvidenceConfig.search_space,
        "l1": Between(0.05, 3.0, log=True),
        "l2": Between(0.05, 30.0, log=True),
        "user_power": Between(0.0, 0.5),
        "popularity_power": Between(0.0, 0.6),
        "sharpness": Between(0.8, 1.6),
    }


@dataclass(frozen=True)
class SlimLikedConfig(SlimConfig):
    """As `SlimConfig`, on evidence of ones."""

    rating_power: float = 0.0


class Slim(LinearRecommender):
    """Each column of the user x item matrix as a sparse non-negative sum of the others.

    The elastic nets of all items are solved on the Gram matrix, so the number of users costs nothing once it
    is computed. Weights are sharpened afterwards.

    Source:
        Ning, Karypis, "SLIM: sparse linear methods for top-n recommender systems", ICDM 2011; coordinate
        descent on the Gram matrix: Friedman, Hastie, Tibshirani, "Regularization paths for generalized
        linear models via coordinate descent", J. Stat. Software 2010.
    """

    name = "slim"
    family = "collaborative"
    Config = SlimConfig

    @override
    def _learn(self, interactions: Interactions, items: ItemFeatures | None) -> Csr:
        columns = most_seen(interactions, self.name, self.config.max_items)
        matrix = training_matrix(self._weights(interactions), columns, self.config.user_power)
        if not matrix.nnz:
            raise NotEnoughDataError(f"{self.name} learns from ratings of at least {LIKED:g}, and nobody gave any")
        return strongest(self._solved(matrix), columns, self.config.neighbours, interactions.n_items)

    @override
    def _speaks(self, rows: Interactions) -> NDArray[np.bool_]:
        return np.asarray(self._weights(rows) @ self._reaches > 0)

    def _solved(self, matrix: Csr) -> Iterator[tuple[NDArray[np.intp], Floats]]:
        """Blocks of targets with the weights of all items for each."""
        from recommenders.kernels.elastic import solve

        users = np.diff(matrix.tocsc().indptr).astype(np.float64)
        l1 = (self.config.l1 * np.maximum(users / users.mean(), 0.05) ** self.config.popularity_power).astype(
            np.float32
        )
        together = gram(matrix)
        l2, tolerance = np.float32(self.config.l2), np.float32(self.config.tolerance)

        def solved(block: NDArray[np.intp]) -> tuple[NDArray[np.intp], Floats]:
            weights = solve(together, block, l1, l2, self.config.passes, tolerance)
            return block, np.asarray(weights ** np.float32(self.config.sharpness), dtype=np.float32)

        return in_threads(solved, target_blocks(len(l1), 128))


class SlimLiked(Slim):
    """SLIM on what people rated 7 or more alone: what else they have is no evidence to it.

    Source:
        Ning, Karypis 2011, as `slim`.
    """

    name = "slim_liked"
    Config = SlimLikedConfig

    @override
    def _weights(self, rows: Interactions) -> Csr:
        return rows.liked()
