"""EASE: the linear autoencoder in closed form, sharpened and truncated."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import scipy
from numpy.typing import NDArray
from typing_extensions import override

from recommenders.config import Between, EvidenceConfig, SearchSpace
from recommenders.contributions import Floats
from recommenders.errors import NotEnoughDataError
from recommenders.features import ItemFeatures
from recommenders.interactions import Csr, Interactions
from recommenders.linear import LinearRecommender, gram, most_seen, strongest, target_blocks, training_matrix


@dataclass(frozen=True)
class EaseConfig(EvidenceConfig):
    """Tuned on splits inside the training part of ../shared/data."""

    reg: float = 15.0
    """L2 penalty of every weight."""
    dropout: float = 0.5
    """Further penalty in proportion to an item's own weight, dropout / (1 - dropout): training as if so
    many of the inputs were missing, which is how the lists of new users look."""
    user_power: float = 0.15
    """A user's entries weigh (length of the list) ** -user_power."""
    popularity_penalty: float = 0.2
    """Scores of an item are divided by (users who have it) ** popularity_penalty."""
    sharpness: float = 1.5
    """Positive weights are raised to this power: few strong reasons outweigh many weak ones."""
    neighbours: int = 200
    """An item is carried by at most so many items."""
    max_items: int = 12_000
    """Items that take part, the most seen first: the dense matrix needs 4 * max_items ** 2 bytes."""

    search_space: ClassVar[SearchSpace] = {
        **EvidenceConfig.search_space,
        "reg": Between(1.0, 1000.0, log=True),
        "dropout": Between(0.0, 0.9),
        "user_power": Between(0.0, 0.6),
        "popularity_penalty": Between(0.0, 0.5),
        "sharpness": Between(1.0, 3.0),
        "neighbours": Between(50, 500, log=True),
    }


class Ease(LinearRecommender):
    """Each item is predicted from all others by ridge regression without a self-weight.

    With P = (X'X + L)^-1 the weights are B = I - P / diag(P), one matrix inversion for all items. L is
    diagonal. Where there are fewer users than items the inverse is taken on the users' side (Woodbury).

    Negative weights are dropped and positive ones sharpened; on the real ratings that is worth 10 % of
    NDCG@10 and makes every weight a reason in favour. `sharpness=1, dropout=0, popularity_penalty=0` and
    enough neighbours give the positive part of plain EASE.

    Source:
        Steck, "Embarrassingly shallow autoencoders for sparse data", WWW 2019; dropout as a diagonal
        penalty: Steck, "Autoencoders that don't overfit towards the identity", NeurIPS 2020.
    """

    name = "ease"
    family = "collaborative"
    Config = EaseConfig

    @override
    def _learn(self, interactions: Interactions, items: ItemFeatures | None) -> Csr:
        columns = most_seen(interactions, self.name, self.config.max_items)
        matrix = training_matrix(self._weights(interactions), columns, self.config.user_power)
        size = np.asarray((matrix * matrix).sum(axis=0)).ravel()
        odds = self.config.dropout / (1 - self.config.dropout)
        inverse = inverse_gram(matrix, self.config.reg + odds * size)
        diagonal = np.diag(inverse).copy()
        seen = np.asarray(interactions.seen.sum(axis=0)).ravel()[columns]
        scale = np.asarray(seen**-self.config.popularity_penalty, dtype=np.float32)
        blocks = (
            (block, self._sharpened(inverse[block], diagonal, block, scale)) for block in target_blocks(len(columns))
        )
        return strongest(blocks, columns, self.config.neighbours, interactions.n_items)

    def _sharpened(self, rows: Floats, diagonal: Floats, block: NDArray[np.intp], scale: Floats) -> Floats:
        """B of a block of targets: float32 (targets, items), never negative, 0 to themselves.

        P is symmetric, so its rows serve as the columns of B.
        """
        weights = np.maximum(rows / -diagonal[block, None], 0)
        weights[np.arange(len(block)), block] = 0
        return np.asarray(weights ** np.float32(self.config.sharpness) * scale[block, None])


def inverse_gram(matrix: Csr, penalty: NDArray[np.float64]) -> Floats:
    """(X'X + diag(penalty))^-1, dense float32 (items, items), for X = csr (users, items)."""
    root = np.sqrt(penalty)
    scaled = scipy.sparse.csr_array(matrix @ scipy.sparse.diags_array(1 / root)).astype(np.float32)
    users, n_items = scaled.shape
    if users < n_items:
        # (Z'Z + I)^-1 = I - Z' (ZZ' + I)^-1 Z, with Z = X diag(penalty)^-1/2
        kernel = _inverse((scaled @ scaled.T).toarray())
        result: Floats = scaled.T @ np.ascontiguousarray((scaled.T @ kernel).T)
        np.negative(result, out=result)
        result[np.diag_indices(n_items)] += 1
    else:
        result = _inverse(gram(scaled))
    divisor = root.astype(np.float32)
    result /= divisor[:, None]
    result /= divisor
    return result


def _inverse(gram: Floats) -> Floats:
    """(gram + I)^-1 of a symmetric positive semi-definite matrix, by Cholesky, in its own memory."""
    n = len(gram)
    gram[np.diag_indices(n)] += 1
    # LAPACK wants columns in a row; the transpose of a symmetric matrix is that, without a copy
    factor, failed = scipy.linalg.lapack.spotrf(gram.T, lower=1, overwrite_a=1)
    inverse, failed_too = scipy.linalg.lapack.spotri(factor, lower=1, overwrite_c=1)
    if failed or failed_too:
        raise NotEnoughDataError("ease could not invert its matrix: the evidence is degenerate, raise reg")
    for block in target_blocks(n):
        square = np.tril(inverse[block[:, None], block])
        inverse[block[:, None], block] = square + np.tril(square, -1).T
        inverse[block[0] : block[-1] + 1, block[-1] + 1 :] = inverse[block[-1] + 1 :, block].T
    return np.asarray(inverse)
