"""Borda count: every model is a voter who ranks the anime."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from recommenders.blend import BlendConfig, RankFusion
from recommenders.contributions import Floats


@dataclass(frozen=True)
class BlendBordaConfig(BlendConfig):
    """How far down the voters' lists count."""

    depth: int = 200
    """The first place is worth 1, the last that counts 1 / depth, those after it nothing."""


class BlendBorda(RankFusion):
    """The sum of (depth + 1 - place) / depth over the components' lists, without what the user has.

    Source:
        Aslam, Montague, "Models for metasearch", SIGIR 2001 (Borda-fuse).
    """

    name = "blend_borda"
    family = "collaborative"
    Config = BlendBordaConfig

    @override
    def _worth(self, places: NDArray[np.int64]) -> Floats:
        return np.asarray((self.config.depth + 1 - places) / self.config.depth, dtype=np.float32)
