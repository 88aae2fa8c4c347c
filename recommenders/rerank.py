"""Two stages: SLIM and what it leaves find candidates, trees and networks order them by everything that is known."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from recommenders.base import Recommender
from recommenders.candidatelists import CandidateLists
from recommenders.candidates import CandidateFeatures
from recommenders.components import fitted_components, restored_components, state_of
from recommenders.config import Between, ModelConfig, SearchSpace
from recommenders.contributions import Contributions, Floats, Indices, scores_of
from recommenders.errors import NotEnoughDataError
from recommenders.features import ItemFeatures
from recommenders.forest import ForestShape
from recommenders.interactions import Csr, Interactions
from recommenders.itemfacts import ItemFacts
from recommenders.linear import LinearRecommender
from recommenders.networks import NetworkShape
from recommenders.ordering import Ordering
from recommenders.prefixes import prefixed, under
from recommenders.ranking import top_k
from recommenders.slim_kernel import SlimKernel
from recommenders.splitting import Split, holdout
from recommenders.threads import in_threads

FACTS, ORDER = "facts__", "order__"
BLOCK = 64
"""Users whose candidates are described at once."""
TIE = 1e-6
"""Candidates that are put level stand in the order of the first stage, which adds so much of its score."""


@dataclass(frozen=True)
class RerankConfig(ModelConfig):
    """Tuned on splits inside the training part of ../shared/data."""

    candidates: int = 200
    """So many of the first stage's items are put in order anew."""
    hidden_share: float = 0.2
    """So much of each training user's positives is hidden to learn the order from."""
    hidings: int = 3
    """The order is learned from so many hidings: each hides other positives, and teaches the first stage anew."""
    training_users: int = 4_000
    """Each hiding is looked at with at most so many users."""
    trees: int = 100
    learning_rate: float = 0.08
    """Of the trees."""
    leaves: int = 31
    min_leaf: int = 400
    """Candidates in a leaf, at least; but never more than a hundredth of all."""
    features_share: float = 0.25
    """Share of the features that each tree may look at."""
    rows_share: float = 0.4
    """Share of the candidates that each tree learns from."""
    l2: float = 5.0
    networks: int = 4
    width: int = 64
    """Numbers in each of the two layers of a network."""
    passes: int = 5
    """Over all candidates, of each network."""
    network_rate: float = 0.002
    """Learning rate of the networks, at its highest."""
    without: str = ""
    """A kind of information (of `candidates.KINDS`) that is not looked at, to see what it adds; '' = all is."""

    search_space: ClassVar[SearchSpace] = {
        "trees": Between(50, 400, log=True),
        "learning_rate": Between(0.02, 0.2, log=True),
        "leaves": Between(7, 127, log=True),
        "min_leaf": Between(50, 1000, log=True),
        "features_share": Between(0.1, 1.0),
        "l2": Between(0.1, 50.0, log=True),
        "passes": Between(2, 12, log=True),
        "network_rate": Between(0.0005, 0.008, log=True),
    }


class Rerank(Recommender):
    """Gradient-boosted trees and small networks over the first stage's candidates.

    Training hides some positives of the training users, teaches the first stage without them, and describes its
    candidates: what the first stage and each item-to-item model say, and by which titles, what the user has of the
    candidate's franchise and how it was liked, labels the user has more of than others, distance in years, format,
    popularity. This is done several times with others hidden; a forest of trees (`forest`) and some networks
    (`networks`) learn from all of it which candidates were hidden, and either counts half (`ordering`).

    A candidate's score is where they put it among the user's candidates, in (0, 1); what is no candidate
    follows below 0 in the order of the first stage. Contributions hand the score on to the user's titles as the
    first stage's evidence is divided.

    Source:
        Covington, Adams, Sargin, "Deep neural networks for YouTube recommendations", RecSys 2016.
    """

    name = "rerank"
    family = "collaborative"
    Config = RerankConfig
    reads_items = True
    components = ("slim_kernel", "ease", "item_knn", "content_tfidf")
    first_stage: ClassVar[str] = "slim_kernel"

    _models: dict[str, Recommender]
    _facts: ItemFacts
    _order: Ordering

    @override
    def _fit(self, interactions: Interactions, items: ItemFeatures | None) -> None:
        self._set(self._components(interactions, items, self.given), ItemFacts.learn(interactions, items))
        # what anime are about is the same whatever is hidden
        content = {name: model for name, model in self._models.items() if model.family == "content"}
        numbers = range(1, self.config.hidings + 1)
        lists = [part for number in numbers for part in self._hiding(number, interactions, items, content)]
        if not any(part.wanted.any() for part in lists):
            raise NotEnoughDataError(f"{self.name} learns from what {self.first_stage} finds again: it found nothing")
        self._order = Ordering.learn(lists, *self._shapes(), self.config.seed)

    def _set(self, models: dict[str, Recommender], facts: ItemFacts) -> None:
        self._models, self._facts = models, facts
        self._features = CandidateFeatures(_linear(models), facts, self.config.without)

    def without(self, kind: str) -> "Rerank":
        """The same, not fitted yet, that does not look at a kind of information; it takes over what this is made of."""
        other = type(self)(replace(self.config, without=kind))
        other.workspace = self.workspace
        other.using(self._models)
        return other

    def _components(
        self, interactions: Interactions, items: ItemFeatures | None, ready: Mapping[str, Recommender]
    ) -> dict[str, Recommender]:
        """The models that can learn from this input."""
        models = fitted_components(self.components, self.config.seed, interactions, items, ready)
        if self.first_stage not in models:
            raise NotEnoughDataError(
                f"{self.name} needs candidates of {self.first_stage}, which cannot learn from this"
            )
        return models

    def _hiding(
        self, number: int, interactions: Interactions, items: ItemFeatures | None, ready: Mapping[str, Recommender]
    ) -> list[CandidateLists]:
        """The candidates of training users of whom something is hidden, some users at a time."""
        split = holdout(interactions, self.config.hidden_share, seed=self.config.seed + number)
        models, facts = self._components(split.train, items, ready), ItemFacts.learn(split.train, items)
        features, first = CandidateFeatures(_linear(models), facts, self.config.without), models[self.first_stage]
        drawn = np.random.default_rng(self.config.seed + number).permutation(split.evaluated)
        users = np.sort(drawn[: self.config.training_users])

        def described(start: int) -> CandidateLists:
            return self._described(split, first, features, users[start : start + BLOCK])

        return list(in_threads(described, range(0, len(users), BLOCK)))

    def _described(
        self, split: Split, first: Recommender, features: CandidateFeatures, users: NDArray[np.int64]
    ) -> CandidateLists:
        """The candidates of some users; all of them, for with a third of those not hidden the order is worse."""
        rows = split.train.take(users)
        candidates, scores = self._candidates(first, rows)
        hidden = split.held_out[users].toarray()
        real = candidates >= 0
        wanted = np.take_along_axis(hidden, np.maximum(candidates, 0), axis=1)[real] > 0
        table, names = features.of(rows, candidates, scores_of(candidates, scores))
        return CandidateLists(table[real.ravel()], _lengths(real), wanted, names)

    def _shapes(self) -> tuple[ForestShape, NetworkShape]:
        """How what puts candidates in order is made."""
        own = self.config
        trees = (own.trees, own.learning_rate, own.leaves, own.min_leaf, own.features_share, own.rows_share, own.l2)
        return ForestShape(*trees), NetworkShape(own.networks, own.width, own.passes, own.network_rate)

    def _candidates(self, model: Recommender, rows: Interactions) -> tuple[Indices, Floats]:
        """The first stage's best items for each row, int32 (rows, k), and its scores of all, (rows, n_items)."""
        scores = model._scores(rows)
        order = np.lexsort((np.arange(rows.n_items), -model.prior))
        items, values = top_k(scores, min(self.config.candidates, rows.n_items), exclude=rows.seen, order=order)
        items[values <= 0] = -1
        return items, scores

    @override
    def _scores(self, rows: Interactions) -> Floats:
        candidates, scores = self._candidates(self._models[self.first_stage], rows)
        found = scores_of(candidates, scores)
        best = scores.max(axis=1, keepdims=True, initial=0)
        np.divide(scores, best, out=scores, where=best > 0)
        real = candidates >= 0
        if not real.any():
            return scores - 1
        table = self._features.of(rows, candidates, found)[0][real.ravel()]
        likely = self._order.order(table, _lengths(real))
        row, place = np.nonzero(real)
        first = scores[row, candidates[row, place]]
        scores -= 1
        scores[row, candidates[row, place]] = likely + TIE * first
        return scores

    @override
    def _speaks(self, rows: Interactions) -> NDArray[np.bool_]:
        return self._models[self.first_stage]._speaks(rows)

    @override
    def contributions(self, rows: Interactions, targets: Indices, top: int = 3) -> Contributions:
        """What titles carried of the first stage, brought to the score's size; a score without any is the list's."""
        self._require(rows)
        # not the first stage's own: what it adds to SLIM no title carries, and here only the parts' ratios count
        first = self._features.models["slim"].contributions(rows, targets, top)
        score = self._scores_at(rows, targets)
        speaks = self._speaks(rows)[:, None]
        carried = np.maximum(score, 0) * speaks
        size = np.divide(carried, first.total, out=np.zeros_like(score), where=first.total > 0)
        return Contributions(
            np.where(size[:, :, None] > 0, first.items, -1),
            first.amounts * size[:, :, None],
            first.positive * size,
            first.total * size,
            together=np.where(speaks, score - first.total * size, 0),
            base=np.where(speaks, 0, score),
        )

    @override
    def _carried(self, history: Indices, weights: Floats, targets: Indices) -> Floats:
        raise AssertionError("a second stage explains whole lists, see `contributions`")

    @override
    def _state(self) -> dict[str, NDArray[Any] | Csr]:
        order, facts = prefixed(ORDER, self._order.arrays()), prefixed(FACTS, self._facts.arrays())
        return {**order, **facts, **state_of(self._models)}

    @override
    def _restore(self, arrays: dict[str, Any]) -> None:
        self._order = Ordering.from_arrays(under(ORDER, arrays))
        restored = restored_components(self.components, self.item_keys, arrays)
        self._set(restored, ItemFacts.from_arrays(under(FACTS, arrays)))


def _linear(models: Mapping[str, Recommender]) -> dict[str, LinearRecommender]:
    """The item-to-item models among these and in the first stage."""
    inside = {model.slim.name: model.slim for model in models.values() if isinstance(model, SlimKernel)}
    return {name: model for name, model in {**inside, **models}.items() if isinstance(model, LinearRecommender)}


def _lengths(real: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Candidates of each user who has any: int64."""
    count = real.sum(axis=1)
    return np.asarray(count[count > 0], dtype=np.int64)
