"""How far a model that learns in passes has come after each of them, on the data it learns from.

The one rule: what is measured here steers nothing. It shows whether training had settled when it stopped.
"""

from __future__ import annotations

import numpy as np

from recommenders.contributions import Floats
from recommenders.interactions import Csr

PAIRS = 20_000
"""Enough for a share that is exact to about one third of a percent, and done in hundredths of a second."""


class PairProbe:
    """A fixed sample of (user, item on the list, item not on it); drawn with a seed, so the same for each pass.

    Args:
        weights: csr (n_users, n_items), the entries that the model learns from, none of them 0.
        seed: of the draw.
        pairs: how many to draw; those whose second item is on the list as well are left out.
    """

    def __init__(self, weights: Csr, seed: int, pairs: int = PAIRS) -> None:
        draw = np.random.default_rng(seed)
        chosen = draw.integers(weights.nnz, size=pairs)
        self.users = np.searchsorted(weights.indptr, chosen, side="right").astype(np.int64) - 1
        self.seen = weights.indices[chosen].astype(np.int64)
        self.unseen = draw.integers(weights.shape[1], size=pairs)
        on_list = np.asarray(weights[self.users, self.unseen]).ravel() != 0
        self.users, self.seen, self.unseen = (part[~on_list] for part in (self.users, self.seen, self.unseen))

    def share(self, users: Floats, items: Floats, biases: Floats | None = None) -> float:
        """The share of the pairs in which the item on the list scores higher, 0-1; 0.5 is chance, NaN without a pair.

        Args:
            users: float32 (n_users, size).
            items: float32 (n_items, size).
            biases: float32 (n_items,), added to each item's score.
        """
        if not len(self.users):
            return float("nan")
        margin = np.einsum("ij,ij->i", users[self.users], items[self.seen] - items[self.unseen])
        if biases is not None:
            margin = margin + biases[self.seen] - biases[self.unseen]
        return round(float(np.mean(margin > 0)), 4)
