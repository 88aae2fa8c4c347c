"""PureSVD: the few directions in which the lists of users differ most, and every list seen through them."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import scipy
from numpy.typing import NDArray
from typing_extensions import override

from recommenders.base import Recommender
from recommenders.config import Between, EvidenceConfig, SearchSpace
from recommenders.contributions import Floats, Indices
from recommenders.errors import NotEnoughDataError
from recommenders.features import ItemFeatures
from recommenders.interactions import Csr, Interactions
from recommenders.linear import seen_items, training_matrix


@dataclass(frozen=True)
class SvdConfig(EvidenceConfig):
    """Tuned on splits inside the training part of ../shared/data."""

    rating_power: float = 1.0
    embedding_size: int = 400
    """Singular vectors kept; at most a quarter of all there are: all of them would only give back the list."""
    user_power: float = 0.2
    """A user's entries weigh (length of the list) ** -user_power while the vectors are computed."""
    item_power: float = 0.1
    """Entries are divided by (users who have the item) ** item_power."""
    reg: float = 4.0
    """A direction with singular value s weighs s ** 2 / (s ** 2 + reg * m ** 2), where m is the median of those kept:
    the weaker a direction, the more of it is chance. 0 = all alike, as in PureSVD."""
    passes: int = 3
    """Power iterations of the randomised decomposition."""

    search_space: ClassVar[SearchSpace] = {
        **EvidenceConfig.search_space,
        "embedding_size": Between(50, 800, log=True),
        "user_power": Between(0.0, 0.6),
        "item_power": Between(0.0, 0.5),
        "reg": Between(0.1, 50.0, log=True),
    }


class Svd(Recommender):
    """Truncated singular value decomposition of the user x item matrix.

    With the items' right singular vectors V, a row x is scored x D^-p V F V', where D counts the users of each
    item and F damps the weaker directions: what the list has in common with the main directions of all lists.
    Nothing of a user is stored, so everybody folds in; the score is a sum over the list. `item_power=0, reg=0` is
    PureSVD.

    Source:
        Cremonesi, Koren, Turrin, "Performance of recommender algorithms on top-N recommendation tasks",
        RecSys 2010 (PureSVD); scaling by popularity: Nikolakopoulos, Kalantzis, Gallopoulos, Garofalakis,
        "EigenRec: generalizing PureSVD for effective and efficient top-N recommendations", KAIS 2019; damping
        as ridge regression does it: Jin, Li, Gao, Kang, Ren, "Towards a better understanding of linear models for
        recommendation", KDD 2021;
        Halko, Martinsson, Tropp, "Finding structure with randomness", SIAM Review 2011 (scikit-learn).
    """

    name = "svd"
    family = "collaborative"
    Config = SvdConfig

    _inputs: Floats
    """float32 (n_items, size): what an item on the list says; 0 for items nobody has seen."""
    _outputs: Floats
    """float32 (n_items, size): what is asked of a list for an item to be recommended."""

    @override
    def _fit(self, interactions: Interactions, items: ItemFeatures | None) -> None:
        columns = seen_items(interactions, self.name)
        matrix = training_matrix(self._weights(interactions), columns, self.config.user_power)
        users = np.bincount(matrix.indices, minlength=len(columns)).astype(np.float64)
        scaled = scipy.sparse.csr_matrix(matrix @ scipy.sparse.diags_array(users**-self.config.item_power))
        values, vectors = self._decomposed(scaled)
        weight = values**2 / (values**2 + self.config.reg * np.median(values) ** 2)
        shape = (interactions.n_items, len(values))
        self._inputs, self._outputs = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
        self._inputs[columns] = vectors * users[:, None] ** -self.config.item_power
        self._outputs[columns] = vectors * weight

    def _decomposed(self, matrix: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Largest singular values, and their right vectors as columns: (size,) and (n_items, size)."""
        from sklearn.utils.extmath import randomized_svd

        size = max(1, min(self.config.embedding_size, min(matrix.shape) // 4))
        _, values, right = randomized_svd(
            matrix.astype(np.float64),
            n_components=size,
            n_iter=self.config.passes,
            random_state=self.config.seed,
        )
        real = values > 1e-9 * max(float(values[0]), np.finfo(np.float64).tiny)
        if not real.any():
            raise NotEnoughDataError(f"{self.name} found no direction in which the lists differ")
        return values[real], right[real].T

    @override
    def _scores(self, rows: Interactions) -> Floats:
        return np.asarray((self._weights(rows) @ self._inputs) @ self._outputs.T, dtype=np.float32)

    @override
    def _speaks(self, rows: Interactions) -> NDArray[np.bool_]:
        known = np.any(self._inputs != 0, axis=1).astype(np.float32)
        return np.asarray(rows.seen @ known > 0)

    @override
    def _carried(self, history: Indices, weights: Floats, targets: Indices) -> Floats:
        # exact up to rounding: the row's vector is a sum over its items
        return np.asarray((self._inputs[history] * weights[:, None]) @ self._outputs[targets].T, dtype=np.float32)

    @override
    def _state(self) -> dict[str, NDArray[Any] | Csr]:
        return {"inputs": self._inputs, "outputs": self._outputs}

    @override
    def _restore(self, arrays: dict[str, Any]) -> None:
        self._inputs, self._outputs = arrays["inputs"], arrays["outputs"]
