"""Reciprocal rank fusion: what stands near the top of several models' lists."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from recommenders.blend import BlendConfig, RankFusion
from recommenders.contributions import Floats


@dataclass(frozen=True)
class BlendRrfConfig(BlendConfig):
    """As in the paper."""

    k: int = 60
    """Added to every place: how little the very first places count more than the next."""
    depth: int = 500
    """An item further down a component's list gets nothing from it."""


class BlendRrf(RankFusion):
    """The sum of 1 / (k + place) over the components' lists, without what the user has.

    Nothing is learned, and scores need not be comparable. A list's point for an item goes to the user's items
    in proportion to what spoke for it there (`contributions`).

    Source:
        Cormack, Clarke, Büttcher, "Reciprocal rank fusion outperforms Condorcet and individual rank learning
        methods", SIGIR 2009.
    """

    name = "blend_rrf"
    family = "collaborative"
    Config = BlendRrfConfig

    @override
    def _worth(self, places: NDArray[np.int64]) -> Floats:
        return np.asarray(1.0 / (self.config.k + places), dtype=np.float32)
