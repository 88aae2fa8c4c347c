"""SLIM, and what it leaves: how users of like lists differ from what SLIM says of them, by kernel regression."""

from dataclasses import dataclass
from typing import Any, ClassVar, cast

import numpy as np
import scipy
from numpy.typing import NDArray
from typing_extensions import override

from recommenders.base import Recommender
from recommenders.components import fitted_components, restored_components, state_of
from recommenders.config import Between, ModelConfig, SearchSpace
from recommenders.contributions import Contributions, Floats, Indices
from recommenders.errors import NotEnoughDataError
from recommenders.features import ItemFeatures
from recommenders.interactions import Csr, Interactions, length_factors, scale_rows
from recommenders.likeness import rarity, unit_rows
from recommenders.linear import most_seen
from recommenders.slim import Slim

THE_SAME = 1 - 1e-5
"""A list whose cosine with a training user's is larger is taken for that user's own."""


@dataclass(frozen=True)
class SlimKernelConfig(ModelConfig):
    """Chosen on ../shared/data, on three of five groups of users who were never trained on."""

    weight: float = 3.0
    """What the regression says counts so many times beside SLIM's score."""
    ridge: float = 10.0
    """The higher, the more users have to differ from SLIM in the same way."""
    rarity_power: float = 0.5
    """When lists are compared a title weighs (users who have it) ** -rarity_power."""
    max_users: int = 4_000
    """The regression is taught with so many users at most, drawn at random: it compares each with each."""
    max_items: int = 2_000
    """It says something of so many titles at most, the most seen ones."""

    search_space: ClassVar[SearchSpace] = {
        "weight": Between(0.5, 8.0, log=True),
        "ridge": Between(1.0, 100.0, log=True),
        "rarity_power": Between(0.0, 1.0),
    }


class SlimKernel(Recommender):
    """SLIM's score plus a kernel ridge regression, from users' lists, of what they have less what SLIM says.

    SLIM adds up what single titles say. What several together mean, and what kind of list it is, is left over in
    what users have and SLIM does not expect; users whose lists are alike leave the like. The kernel is that of an
    infinitely wide network with one hidden layer of rectified units, a function of the cosine of two lists whose
    rare titles weigh more.

    A training user's own row takes no part in their score, left out in closed form, as long as the list is the one
    that was taught: a row is known by its cosine alone (above `THE_SAME`; the nearest, of equals the first). So the
    row of a list that has changed by more than that takes part, and where several have the same list, as all have
    whose only title is the same, one row is left out for each, be it theirs or not.

    Source:
        Sachdeva, Dhaliwal, Wu, McAuley, "Infinite recommendation networks", NeurIPS 2022 (lists and this kernel);
        Jacot, Gabriel, Hongler, "Neural tangent kernel", NeurIPS 2018; Rasmussen, Williams, "Gaussian processes for
        machine learning", 2006, 2.7 (a mean that is another model) and 5.4.2 (leaving one out).
    """

    name = "slim_kernel"
    family = "collaborative"
    Config = SlimKernelConfig
    components = ("slim",)

    slim: Slim
    """The component, fitted."""
    _rarity: Floats
    """float32 (n_items,), what a title weighs when lists are compared; 0 = nobody has it."""
    _lists: Csr
    """csr (training users, n_items), their weighted lists, of length 1."""
    _lent: Floats
    """float32 (training users, columns), what each says of each title, times the likeness of a list with theirs."""
    _columns: NDArray[np.intp]
    """intp (columns,), the titles of which it says anything."""
    _own: Floats
    """float32 (training users,), how often what they lend is in what is said of themselves."""

    @override
    def _fit(self, interactions: Interactions, items: ItemFeatures | None) -> None:
        found = fitted_components(self.components, self.config.seed, interactions, items, self.given).get("slim")
        if not isinstance(found, Slim):
            raise NotEnoughDataError(f"{self.name} goes on where slim ends, and slim cannot learn from this")
        self.slim = found
        evidence = found._weights(interactions)
        self._columns = most_seen(interactions, self.name, self.config.max_items)
        self._rarity = rarity(evidence, self.config.rarity_power)
        self._learn(evidence[self._some_users(evidence)])

    def _some_users(self, evidence: Csr) -> NDArray[np.intp]:
        """Users with any evidence, ascending; a random part of them where there are too many."""
        users = np.flatnonzero(np.diff(evidence.indptr))
        drawn = np.random.default_rng(self.config.seed).permutation(users)
        return np.sort(drawn[: self.config.max_users])

    def _learn(self, evidence: Csr) -> None:
        """The regression of what SLIM leaves of these users' rows."""
        self._lists = unit_rows(evidence, self._rarity)
        matrix = tangent_kernel((self._lists @ self._lists.T).toarray().astype(np.float64))
        matrix[np.diag_indices_from(matrix)] += self.config.ridge
        inverse = scipy.linalg.inv(matrix, assume_a="pos")
        has = scale_rows(evidence, self.slim.config.user_power)
        left = (has - has @ self.slim.carry)[:, self._columns].toarray()
        self._lent = inverse.astype(np.float32) @ left
        self._own = np.asarray(1 / np.diagonal(inverse) - self.config.ridge, dtype=np.float32)

    @override
    def _scores(self, rows: Interactions) -> Floats:
        evidence = self.slim._weights(rows)
        cosines = (unit_rows(evidence, self._rarity) @ self._lists.T).toarray()
        said = tangent_kernel(cosines) @ self._lent
        nearest = cosines.argmax(axis=1)
        own = np.flatnonzero(cosines[np.arange(rows.n_users), nearest] > THE_SAME)
        said[own] -= self._lent[nearest[own]] * self._own[nearest[own], None]
        scores = self.slim._scores(rows) * self._size(evidence)
        scores[:, self._columns] += np.float32(self.config.weight) * said
        return scores

    def _size(self, evidence: Csr) -> Floats:
        """What SLIM's score of each row is multiplied by: float32 (rows, 1)."""
        return length_factors(evidence, self.slim.config.user_power)[:, None].astype(np.float32)

    @override
    def _speaks(self, rows: Interactions) -> NDArray[np.bool_]:
        return self.slim._speaks(rows)

    @override
    def contributions(self, rows: Interactions, targets: Indices, top: int = 3) -> Contributions:
        """What each of the user's items carried by SLIM; what the regression adds to it is said `together`."""
        self._require(rows)
        carried, size = self.slim.contributions(rows, targets, top), self._size(self.slim._weights(rows))
        total = carried.total * size
        rest = self._scores_at(rows, targets) - total
        speaks = self._speaks(rows)[:, None]
        return Contributions(
            carried.items,
            carried.amounts * size[:, :, None],
            carried.positive * size,
            total,
            together=np.where(speaks, rest, 0),
            base=np.where(speaks, 0, rest),
        )

    @override
    def _carried(self, history: Indices, weights: Floats, targets: Indices) -> Floats:
        raise AssertionError("what is left over is no sum over titles, see `contributions`")

    @override
    def _state(self) -> dict[str, NDArray[Any] | Csr]:
        return {
            "rarity": self._rarity,
            "lists": self._lists,
            "lent": self._lent,
            "columns": self._columns,
            "own": self._own,
            **state_of({"slim": self.slim}),
        }

    @override
    def _restore(self, arrays: dict[str, Any]) -> None:
        self.slim = cast("Slim", restored_components(self.components, self.item_keys, arrays)["slim"])
        self._rarity, self._lists, self._lent = arrays["rarity"], arrays["lists"], arrays["lent"]
        self._columns, self._own = arrays["columns"], arrays["own"]


def tangent_kernel(cosines: NDArray[Any]) -> NDArray[Any]:
    """The tangent kernel of a network with one hidden layer of rectified units, 1 for equal directions.

    Args:
        cosines: of any shape; kept in their precision.
    """
    within = np.clip(cosines, -1, 1)
    return np.asarray((2 * within * (np.pi - np.arccos(within)) + np.sqrt(1 - within**2)) / (2 * np.pi))
