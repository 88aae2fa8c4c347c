"""Popularity: the same list for everybody, and the reference every other model has to beat."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from recommenders.base import Recommender, popularity_prior
from recommenders.config import ModelConfig, OneOf, SearchSpace
from recommenders.contributions import Floats, Indices
from recommenders.features import ItemFeatures
from recommenders.interactions import Csr, Interactions, sparse


@dataclass(frozen=True)
class PopularityConfig(ModelConfig):
    """What counts as liked."""

    positive_from: float = 7.0
    """Ratings of at least this count."""

    search_space: ClassVar[SearchSpace] = {"positive_from": OneOf((1.0, 5.0, 6.0, 7.0, 8.0, 9.0))}


class Popularity(Recommender):
    """An item's score is the number of users who rated it highly.

    Nothing a user has seen carries it, so all of a score is `base`. Without any rating all scores are 0.

    Source:
        Cremonesi, Koren, Turrin, "Performance of recommender algorithms on top-N recommendation
        tasks", RecSys 2010 (TopPop).
    """

    name = "popularity"
    family = "popularity"
    Config = PopularityConfig

    @override
    def _fit(self, interactions: Interactions, items: ItemFeatures | None) -> None:
        self.prior = popularity_prior(interactions, self.config.positive_from)

    @override
    def _scores(self, rows: Interactions) -> Floats:
        return np.tile(self.prior, (rows.n_users, 1))

    @override
    def _speaks(self, rows: Interactions) -> NDArray[np.bool_]:
        return np.ones(rows.n_users, dtype=bool)

    @override
    def _weights(self, rows: Interactions) -> Csr:
        # no item of the user has a part in it
        none = np.zeros(0, dtype=np.int64)
        return sparse(none, none, none, (rows.n_users, rows.n_items))

    @override
    def _carried(self, history: Indices, weights: Floats, targets: Indices) -> Floats:
        return np.zeros((len(history), len(targets)), dtype=np.float32)

    @override
    def _base(self, targets: Indices) -> Floats:
        return self.prior[targets]

    @override
    def _state(self) -> dict[str, NDArray[Any] | Csr]:
        return {}

    @override
    def _restore(self, arrays: dict[str, Any]) -> None:
        return None
