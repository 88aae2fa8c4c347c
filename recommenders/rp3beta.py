"""RP3beta: three random steps from the user's anime over other users, with popular anime held back."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import scipy
from numpy.typing import NDArray
from typing_extensions import override

from recommenders.config import Between, EvidenceConfig, SearchSpace
from recommenders.contributions import Floats
from recommenders.features import ItemFeatures
from recommenders.interactions import Csr, Interactions
from recommenders.linear import LinearRecommender, seen_items, strongest, target_blocks, training_matrix


@dataclass(frozen=True)
class Rp3BetaConfig(EvidenceConfig):
    """Tuned on splits inside the training part of ../shared/data."""

    rating_power: float = 1.0
    alpha: float = 0.6
    """Every step's probability is raised to this power."""
    beta: float = 0.4
    """The probability of arriving at an item is divided by (users who have it) ** beta."""
    neighbours: int = 50
    """An item is carried by so many of its neighbours."""

    search_space: ClassVar[SearchSpace] = {
        **EvidenceConfig.search_space,
        "alpha": Between(0.3, 2.0),
        "beta": Between(0.0, 1.0),
        "neighbours": Between(10, 400, log=True),
    }


class Rp3Beta(LinearRecommender):
    """How likely a walk from the user's items to their other viewers and on to one of their items ends there.

    carry(j, i) = sum_u (p(j -> u) * p(u -> i)) ** alpha / users(i) ** beta, where a step goes to each neighbour
    in proportion to the evidence, for the largest j of each i. The first step of the walk, from the user to
    the items j, is the row itself.

    Source:
        Paudel, Christoffel, Newell, Bernstein, "Updatable, accurate, diverse, and scalable recommendations
        for interactive applications", ACM TiiS 2017.
    """

    name = "rp3beta"
    family = "collaborative"
    Config = Rp3BetaConfig

    @override
    def _learn(self, interactions: Interactions, items: ItemFeatures | None) -> Csr:
        columns = seen_items(interactions, self.name)
        matrix = training_matrix(self._weights(interactions), columns, 0.0)
        to_items, to_users = self._steps(matrix), self._steps(scipy.sparse.csr_array(matrix.T))
        users = np.bincount(matrix.indices, minlength=len(columns)).astype(np.float32)
        blocks = self._arrivals(to_items, to_users, users ** np.float32(-self.config.beta))
        return strongest(blocks, columns, self.config.neighbours, interactions.n_items)

    def _steps(self, evidence: Csr) -> Csr:
        """Probabilities of the steps from each row, to the power alpha: csr like `evidence`."""
        steps = evidence.copy()
        out = np.repeat(np.asarray(evidence.sum(axis=1)).ravel(), np.diff(evidence.indptr))
        steps.data = np.asarray((evidence.data / out) ** self.config.alpha, dtype=np.float32)
        return steps

    def _arrivals(self, to_items: Csr, to_users: Csr, scale: Floats) -> Iterator[tuple[NDArray[np.intp], Floats]]:
        """Blocks of targets with the walks that reach them from every item, 0 from themselves."""
        last_step, first_step = to_items.T.tocsr(), to_users.T.tocsr()
        for block in target_blocks(len(scale)):
            walks = (last_step[block] @ first_step).toarray() * scale[block, None]
            walks[np.arange(len(block)), block] = 0
            yield block, np.asarray(walks, dtype=np.float32)
