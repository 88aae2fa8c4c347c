"""BPR: matrix factorisation that learns from pairs, what was seen above what was not."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import scipy
from numpy.typing import NDArray
from typing_extensions import override

from recommenders.config import Between, SearchSpace
from recommenders.embedding import EmbeddingConfig, EmbeddingRecommender, Learned
from recommenders.features import ItemFeatures
from recommenders.interactions import Csr
from recommenders.training import PairProbe


@dataclass(frozen=True)
class BprConfig(EmbeddingConfig):
    """Tuned on splits inside the training part of ../shared/data."""

    epochs: int = 40
    learning_rate: float = 0.05
    reg: float = 0.01
    max_samples: int = 10_000_000

    search_space: ClassVar[SearchSpace] = {
        **EmbeddingConfig.search_space,
        "embedding_size": Between(16, 256, log=True),
        "learning_rate": Between(0.01, 0.2, log=True),
        "reg": Between(0.0001, 0.1, log=True),
    }


class Bpr(EmbeddingRecommender):
    """Bayesian personalised ranking with an item bias; users are read from their lists (see the base class).

    Every step draws an entry and an item that the user does not have, and moves the vectors until the former
    scores higher. Which entries are drawn follows the seed; one thread, since threads write to shared vectors
    without locks, and no two runs would agree.

    Source:
        Rendle, Freudenthaler, Gantner, Schmidt-Thieme, "BPR: Bayesian personalized ranking from implicit
        feedback", UAI 2009 (`implicit`).
    """

    name = "bpr"
    family = "collaborative"
    Config = BprConfig

    @override
    def _train(self, weights: Csr, columns: NDArray[np.intp], items: ItemFeatures | None) -> Learned:
        from implicit.cpu.bpr import BayesianPersonalizedRanking

        size = self.config.embedding_size
        model = BayesianPersonalizedRanking(
            factors=size,
            learning_rate=self.config.learning_rate,
            regularization=self.config.reg,
            iterations=self.config.affordable_epochs(weights.nnz),
            num_threads=1,
            random_state=self.config.seed,
        )
        probe, passes = PairProbe(weights, self.config.seed), list[float]()
        model.fit(
            scipy.sparse.csr_matrix(weights),
            show_progress=False,
            callback=lambda *_: passes.append(probe.share(model.user_factors, model.item_factors)),
        )
        self.training = tuple(passes)
        # the last factor is the item's bias, and 1 for every user
        n_items = len(self.item_keys)
        vectors, biases = np.zeros((n_items, size), dtype=np.float32), np.zeros(n_items, dtype=np.float32)
        vectors[columns], biases[columns] = model.item_factors[:, :size], model.item_factors[:, size]
        return Learned(np.asarray(model.user_factors[:, :size]), vectors, biases)
