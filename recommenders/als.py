"""Matrix factorisation: users and anime as vectors, by alternating least squares."""

from dataclasses import dataclass
from itertools import pairwise
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
from recommenders.threads import in_threads
from recommenders.training import PairProbe

STEPS = 3
"""Of conjugate gradients in each half of an iteration, as in `implicit`: the next iteration begins where they end."""
RUNS = 64
"""Parts of half an iteration, dealt out to threads."""
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
        (`kernels.leastsquares`; start and steps are those of the library `implicit`, which tests compare with).
    """

    name = "als"
    family = "collaborative"
    Config = AlsConfig

    _factors: Floats
    """Item vectors, float32 (n_items, embedding_size); 0 for items nobody has seen."""
    _penalty: float

    @property
    def factors(self) -> Floats:
        """Item vectors, float32 (n_items, embedding_size); 0 for items nobody has seen."""
        return self._factors

    @property
    def penalty(self) -> float:
        """The penalty of squared lengths, in the units of the matrix that it learned from."""
        return self._penalty

    @override
    def _fit(self, interactions: Interactions, items: ItemFeatures | None) -> None:
        columns = seen_items(interactions, self.name)
        confidence = self._confidence(interactions)[:, columns]
        # somebody of whom nothing is known changes neither the penalty nor what is drawn at random
        confidence = scipy.sparse.csr_array(confidence[np.flatnonzero(np.diff(confidence.indptr))])
        penalty = self.config.reg * confidence.nnz / np.sqrt(confidence.shape[0] * len(columns))
        found = self._alternated(confidence, penalty)
        factors = np.zeros((interactions.n_items, self.config.embedding_size), dtype=np.float32)
        factors[columns] = found
        self._set(factors, penalty)

    def _alternated(self, confidence: Csr, penalty: float) -> Floats:
        """Item vectors after all iterations, each of which moves the users, then the items: float32 (items, size)."""
        draw, size = np.random.default_rng(self.config.seed), self.config.embedding_size
        users, vectors = (draw.random((n, size), dtype=np.float32) * np.float32(0.01) for n in confidence.shape)
        transposed, passes = scipy.sparse.csr_array(confidence.T), list[float]()
        probe = PairProbe(confidence, self.config.seed)
        for _ in range(self.config.iterations):
            _improve(confidence, vectors, penalty, users)
            _improve(transposed, users, penalty, vectors)
            passes.append(probe.share(users, vectors))
        self.training = tuple(passes)
        return vectors

    def _set(self, factors: Floats, penalty: float) -> None:
        self._factors, self._penalty = factors, float(penalty)
        self._gram = factors.T @ factors
        self._trained = np.any(factors != 0, axis=1).astype(np.float32)

    def _confidence(self, rows: Interactions) -> Csr:
        """Confidence of each seen item: csr (rows, n_items)."""
        return scipy.sparse.csr_array(self._weights(rows) * np.float32(self.config.confidence))

    @override
    def _scores(self, rows: Interactions) -> Floats:
        from recommenders.kernels.leastsquares import solve

        confidence = self._confidence(rows)
        users = solve(*_arrays(confidence), self._factors, _penalised(self._gram, self._penalty))
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


def _improve(matrix: Csr, other: Floats, penalty: float, vectors: Floats) -> None:
    """Move the vectors of the matrix's rows towards their least-squares solutions, in place.

    Args:
        matrix: csr (rows, columns), confidences.
        other: float32 (columns, size).
        penalty: of squared lengths.
        vectors: float32 (rows, size).
    """
    from recommenders.kernels.leastsquares import improve

    indptr, indices, confidence = _arrays(matrix)
    system = _penalised(other.T @ other, penalty)
    # runs of rows with about as many entries; rows are solved one by one, so how they are dealt out changes no bit
    runs = 1 if matrix.nnz < WORTH_THREADS else RUNS
    ends = np.searchsorted(indptr, np.linspace(0, matrix.nnz, runs + 1)[1:-1])
    bounds = np.unique([0, *ends.tolist(), len(vectors)])

    def done(run: tuple[int, int]) -> None:
        improve(indptr, indices, confidence, other, system, vectors, *run, STEPS)

    for _ in in_threads(done, pairwise(bounds.tolist())):
        pass


def _penalised(gram: Floats, penalty: float) -> Floats:
    """The matrix with the penalty on its diagonal."""
    system = gram.copy()
    system[np.diag_indices(len(system))] += np.float32(penalty)
    return system


def _arrays(matrix: Csr) -> tuple[NDArray[np.int64], Indices, Floats]:
    """The arrays of a csr, always of the same types, since others would be compiled anew."""
    return (
        matrix.indptr.astype(np.int64, copy=False),
        matrix.indices.astype(np.int32, copy=False),
        matrix.data.astype(np.float32, copy=False),
    )
