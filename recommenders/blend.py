"""Blends: several models give points to every item, and the sum of the points is the score.

The one rule: a blend knows of its components what any caller knows, their scores, and hands every point on
to the titles that earned it.
"""

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from recommenders.base import ROWS, Recommender
from recommenders.components import fitted_components, restored_components, state_of
from recommenders.config import ModelConfig
from recommenders.contributions import Contributions, Floats, Indices, keep_strongest, no_contributions
from recommenders.errors import NotEnoughDataError
from recommenders.features import ItemFeatures
from recommenders.interactions import Csr, Interactions
from recommenders.ranking import top_k


@dataclass(frozen=True)
class BlendConfig(ModelConfig):
    """What all blends are told: nothing but the seed, which the components get as well."""


class Blend(Recommender):
    """A recommender that is the sum of what its components say.

    Components that cannot learn from the input are left out. One that can tell nothing from a row gives no
    points there.
    """

    components = ("slim", "ease", "svd")

    _models: dict[str, Recommender]

    @abstractmethod
    def _points(self, name: str, scores: Floats, rows: Interactions) -> Floats:
        """What a component's scores are worth: float32 (rows, n_items)."""

    def _learn(self, interactions: Interactions, items: ItemFeatures | None) -> None:
        """What the blend itself learns, once its components have learned."""

    @override
    def _fit(self, interactions: Interactions, items: ItemFeatures | None) -> None:
        self._models = fitted_components(self.components, self.config.seed, interactions, items, self.given)
        if not self._models:
            raise NotEnoughDataError(f"{self.name} found none of its components able to learn from this input")
        self._learn(interactions, items)

    @override
    def _scores(self, rows: Interactions) -> Floats:
        total = np.zeros((rows.n_users, rows.n_items), dtype=np.float32)
        for name in self._models:
            total += self._points_of(name, rows)
        return total

    def _points_of(self, name: str, rows: Interactions) -> Floats:
        # not `scores`: where a component can tell nothing it would answer with popularity
        model = self._models[name]
        points = self._points(name, model._scores(rows), rows)
        points[~model._speaks(rows)] = 0
        return points

    @override
    def _speaks(self, rows: Interactions) -> NDArray[np.bool_]:
        return np.asarray(np.any([model._speaks(rows) for model in self._models.values()], axis=0), dtype=bool)

    @override
    def contributions(self, rows: Interactions, targets: Indices, top: int = 3) -> Contributions:
        """How much each of the user's items carried each recommended item, over all components.

        A component's points for an item go to the user's items as `_shared` says. What they leave is popularity in a
        component that knows of it, and else what the list says as a whole.
        """
        self._require(rows)
        out = no_contributions(len(targets), targets.shape[1], top)
        for start in range(0, rows.n_users, ROWS):
            block = np.arange(start, min(start + ROWS, rows.n_users))
            self._explain(out, block, rows.take(block), targets[block], top)
        return out

    def _explain(self, out: Contributions, place: NDArray[Any], rows: Interactions, targets: Indices, top: int) -> None:
        """Write the contributions of some rows into `out` at `place`."""
        wanted = np.maximum(targets, 0)
        points = {name: np.take_along_axis(self._points_of(name, rows), wanted, axis=1) for name in self._models}
        weights = {name: model._weights(rows) for name, model in self._models.items()}
        speaks = self._speaks(rows)
        for row in range(rows.n_users):
            listed = np.flatnonzero(targets[row] >= 0)
            items = targets[row][listed]
            if not speaks[row]:
                out.base[place[row], listed] = self.prior[items]
                continue
            history = rows.seen[[row]].indices.astype(np.int32)
            carried = np.zeros((len(history), len(items)), dtype=np.float32)
            for name, model in self._models.items():
                own = slice(weights[name].indptr[row], weights[name].indptr[row + 1])
                known = weights[name].indices[own].astype(np.int32)
                parts = model._carried(known, weights[name].data[own], items)
                base = model._base(items)
                shared = self._shared(points[name][row, listed], parts, base)
                np.add.at(carried, np.searchsorted(history, known), shared)
                left = out.base if base.any() else out.together
                left[place[row], listed] += points[name][row, listed] - shared.sum(axis=0)
            keep_strongest(out, int(place[row]), listed, history, carried, top)

    def _shared(self, points: Floats, carried: Floats, base: Floats) -> Floats:
        """The points of some targets, by the user's items that earned them: float32, the shape of `carried`.

        In proportion to what each carried of the component's score, with its sign: exact where the points are
        a multiple of the score.
        """
        score = carried.sum(axis=0) + base
        worth: Floats = np.divide(points, score, out=np.zeros_like(points), where=score != 0)
        return np.asarray(carried * worth, dtype=np.float32)

    @override
    def _carried(self, history: Indices, weights: Floats, targets: Indices) -> Floats:
        raise AssertionError("a blend explains row by row, see `contributions`")

    @override
    def _state(self) -> dict[str, NDArray[Any] | Csr]:
        return state_of(self._models)

    @override
    def _restore(self, arrays: dict[str, Any]) -> None:
        self._models = restored_components(self.components, self.item_keys, arrays)


class RankFusion(Blend):
    """A blend that looks at the places of the items in its components' lists and not at their scores."""

    @abstractmethod
    def _worth(self, places: NDArray[np.int64]) -> Floats:
        """Points for each place, counted from 1; never negative."""

    @override
    def _points(self, name: str, scores: Floats, rows: Interactions) -> Floats:
        order = np.lexsort((np.arange(rows.n_items), -self.prior))
        depth = min(self.config.depth, rows.n_items)
        items = top_k(scores, depth, exclude=rows.seen, order=order)[0]
        points = np.zeros_like(scores)
        row, place = np.nonzero(items >= 0)
        points[row, items[row, place]] = self._worth(place + 1)
        return points

    @override
    def _shared(self, points: Floats, carried: Floats, base: Floats) -> Floats:
        """In proportion to what spoke for the item: a place has no sign, and no part that spoke against it."""
        positive = np.maximum(carried, 0)
        spoke = positive.sum(axis=0) + np.maximum(base, 0)
        worth: Floats = np.divide(points, spoke, out=np.zeros_like(points), where=spoke > 0)
        return np.asarray(positive * worth, dtype=np.float32)


def standardised(scores: Floats) -> Floats:
    """Scores in units of their row's standard deviation over all items; 0 where all are alike."""
    spread = scores.std(axis=1, keepdims=True)
    units: Floats = np.divide(scores, spread, out=np.zeros_like(scores), where=spread > 0)
    return units
