"""Randomness that is the same in every process: one generator for each concern, all derived from one seed.

The rule: nothing draws from a generator that belongs to something else, so that asking for more users does
not change one letter of an anime, and a new decision does not shift the earlier ones.
"""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


def generator(seed: int, *concern: str) -> np.random.Generator:
    """A generator that belongs to one concern (for instance ``"anilist", "dates"``) under this seed."""
    return np.random.default_rng([seed, *(zlib.crc32(part.encode()) for part in concern)])


class Draws:
    """Named decisions over ``count`` things; each name has its own stream, so none disturbs another."""

    def __init__(self, seed: int, concern: str, count: int) -> None:
        self._seed = seed
        self._concern = concern
        self.count = count

    def rng(self, name: str) -> np.random.Generator:
        """The generator of this decision, at its start."""
        return generator(self._seed, self._concern, name)

    def uniform(self, name: str) -> Floats:
        """One number in [0, 1) for each thing."""
        return self.rng(name).random(self.count)

    def normal(self, name: str) -> Floats:
        """One standard normal number for each thing."""
        return self.rng(name).standard_normal(self.count)

    def chance(self, name: str, probability: float | Floats) -> Flags:
        """True with this probability (one for all, or one for each thing)."""
        return self.uniform(name) < probability

    def integer(self, name: str, low: int, high: int) -> Ints:
        """A whole number from ``low`` to ``high``, both included, for each thing."""
        return self.rng(name).integers(low, high + 1, self.count)

    def pick(self, name: str, weights: tuple[float, ...]) -> Ints:
        """The position of one of the weights, drawn in proportion to them, for each thing."""
        return weighted(self.uniform(name), weights)


def weighted(uniforms: Floats, weights: tuple[float, ...]) -> Ints:
    """Numbers in [0, 1) turned into positions of ``weights``, each as likely as its weight says."""
    bounds = np.cumsum(weights) / sum(weights)
    return np.minimum(np.searchsorted(bounds, uniforms, side="right"), len(weights) - 1).astype(np.int64)
