"""Matrix factorisation: users and anime as vectors, by alternating least squares."""

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
from recommenders.interactions import Csr, Interactions
from recommenders.linear import seen_items
from recommenders.training import PairProbe

WORTH_THREADS = 20_000
"""Entries from which threads gain more than they cost: on a busy machine they wait for each other."""


@dataclass(frozen=True)
class AlsConfig(EvidenceConfig):
    """Tuned on splits inside the training part of ../shared/data."""

    embedding_size: int = 128
    confidence: float = 3.0
    """Weight of a seen item rated 10, where an item not seen has weight 1."""
    reg: float = 0.5
    """L2 penalty, in units of the geometric mean of entries per user and per item: what is a mild penalty
    on a large matrix would leave nothing of a small one."""
    iterations: int = 15

    search_space: ClassVar[SearchSpace] = {
        **EvidenceConfig.search_space,
        "embedding_size": Between(16, 256, log=True),
        "confidence": Between(0.5, 40.0, log=True),
        "reg": Between(0.01, 5.0, log=True),
    }
    passes_field: ClassVar[str | None] = "iterations"


class Als(Recommender):
    """Implicit-feedback ALS: every unseen item is a weak zero, every seen item a one with its confidence.

    Fold-in: a row is scored with the user vector that solves its least-squares problem against the
    item vectors, x = (Y'CY + reg)^-1 Y'C1, for users of the training set too (there it is the step ALS
    would take next). So a score is a sum over the user's items, c_j * y_i' (Y'CY + reg)^-1 y_j, which
    `contributions` returns.

    Source:
        Hu, Koren, Volinsky, "Collaborative filtering for implicit feedback datasets", ICDM 2008, for the
        model and the explanation (section 5); Takács, Pilászy, Tikk, "Applications of the conjugate
        gradient method for implicit feedback collaborative filtering", RecSys 2011, for the solver
        (`implicit`).
    """

    name = "als"
    family = "collaborative"
    Config = AlsConfig

    _factors: Floats
    """Item vectors, float32 (n_items, embedding_size); 0 for items nobody has seen."""
    _penalty: float

    @override
    def _fit(self, interactions: Interactions, items: ItemFeatures | None) -> None:
        columns = seen_items(interactions, self.name)
        confidence = self._confidence(interactions)[:, columns]
        entries = confidence.nnz
        penalty = self.config.reg * entries / np.sqrt(interactions.n_users * len(columns))
        model = self._solver(penalty, entries)
        probe, passes = PairProbe(confidence, self.config.seed), list[float]()
        model.fit(
            scipy.sparse.csr_matrix(confidence),
            show_progress=False,
            callback=lambda *_: passes.append(probe.share(model.user_factors, model.item_factors)),
        )
        self.training = tuple(passes)
        factors = np.zeros((interactions.n_items, self.config.embedding_size), dtype=np.float32)
        factors[columns] = model.item_factors
        self._set(factors, penalty)

    def _set(self, factors: Floats, penalty: float) -> None:
        self._factors, self._penalty = factors, float(penalty)
        self._gram = factors.T @ factors
        self._trained = np.any(factors != 0, axis=1).astype(np.float32)

    def _solver(self, penalty: float, entries: int) -> Any:
        """`implicit`'s ALS with this configuration, for a matrix with so many entries."""
        from implicit.cpu.als import AlternatingLeastSquares

        return AlternatingLeastSquares(
            factors=self.config.embedding_size,
            regularization=penalty,
            alpha=1.0,
            iterations=self.config.iterations,
            random_state=self.config.seed,
            # every row is solved by itself, so the number of threads changes no bit; 0 = all cores
            num_threads=1 if entries < WORTH_THREADS else 0,
        )

    def _confidence(self, rows: Interactions) -> Csr:
        """Confidence of each seen item: csr (rows, n_items)."""
        return scipy.sparse.csr_array(self._weights(rows) * np.float32(self.config.confidence))

    @override
    def _scores(self, rows: Interactions) -> Floats:
        confidence = scipy.sparse.csr_matrix(self._confidence(rows))
        solver = self._solver(self._penalty, confidence.nnz)
        solver.item_factors = self._factors
        users = solver.recalculate_user(np.arange(rows.n_users), confidence)
        return np.asarray(users @ self._factors.T, dtype=np.float32)

    @override
    def _speaks(self, rows: Interactions) -> NDArray[np.bool_]:
        return np.asarray(rows.seen @ self._trained > 0)

    @override
    def _carried(self, history: Indices, weights: Floats, targets: Indices) -> Floats:
        # the terms of the least-squares solution (section 5 of the paper), exact up to rounding
        confidence = weights * np.float32(self.config.confidence)
        own = self._factors[history].astype(np.float64)
        system = self._gram + (own.T * (confidence - 1)) @ own
        system[np.diag_indices(len(system))] += self._penalty
        solved = scipy.linalg.solve(system, self._factors[targets].T.astype(np.float64), assume_a="pos")
        return np.asarray((own * confidence[:, None]) @ solved, dtype=np.float32)

    @override
    def _state(self) -> dict[str, NDArray[Any] | Csr]:
        return {"factors": self._factors, "penalty": np.array([self._penalty])}

    @override
    def _restore(self, arrays: dict[str, Any]) -> None:
        self._set(arrays["factors"], arrays["penalty"][0])
