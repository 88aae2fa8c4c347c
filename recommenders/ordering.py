"""What puts candidates in order: boosted trees and networks, which err in different places, and what both say."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from recommenders.candidatelists import CandidateLists
from recommenders.contributions import Floats
from recommenders.forest import Forest, ForestShape
from recommenders.networks import Networks, NetworkShape
from recommenders.prefixes import prefixed, under
from recommenders.threads import in_threads

TREES, NETWORKS = "trees__", "networks__"


class Ordering:
    """A forest and networks that learned from the same lists; either counts half."""

    def __init__(self, forest: Forest, networks: Networks) -> None:
        self._forest, self._networks = forest, networks

    @classmethod
    def learn(cls, lists: Sequence[CandidateLists], forest: ForestShape, networks: NetworkShape, seed: int) -> Self:
        """An order that puts what was hidden before what was not.

        Args:
            lists: what to learn from, all with the same features; something was hidden of one at least.
            forest: how it is made.
            networks: how they are made.
            seed: of the random numbers of both.
        """
        judges: tuple[Callable[[], Any], ...] = (
            lambda: Forest.learn(lists, forest, seed),
            lambda: Networks.learn(lists, networks, seed),
        )
        return cls(*in_threads(lambda learn: learn(), judges))

    def order(self, table: Floats, lengths: NDArray[np.int64]) -> NDArray[np.float64]:
        """What stands higher comes first: float64 (candidates,) in (0, 1), 0.5 about the mean of a list.

        What each says is brought to mean 0 and spread 1 on each user's list; the mean of that goes through the logistic
        function.

        Args:
            table: float32 (candidates, features), list after list.
            lengths: int64 (users,), candidates of each user, at least 1.
        """
        said = [judge.answers(table, lengths) for judge in (self._forest, self._networks)]
        return np.asarray(1 / (1 + np.exp(-np.mean(said, axis=0))))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Both by name, for storing."""
        return prefixed(TREES, self._forest.arrays()) | prefixed(NETWORKS, self._networks.arrays())

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """The order that `arrays` gave."""
        return cls(Forest.from_arrays(under(TREES, arrays)), Networks.from_arrays(under(NETWORKS, arrays)))
