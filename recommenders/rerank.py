"""Two stages: SLIM finds candidates, boosted trees put them in order by everything that is known."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from recommenders.base import Recommender
from recommenders.candidates import CandidateFeatures
from recommenders.components import fitted_components, restored_components, state_of
from recommenders.config import Between, ModelConfig, SearchSpace
from recommenders.contributions import Contributions, Floats, Indices
from recommenders.errors import NotEnoughDataError
from recommenders.features import ItemFeatures
from recommenders.interactions import Csr, Interactions
from recommenders.itemfacts import ItemFacts
from recommenders.linear import LinearRecommender
from recommenders.ranking import top_k
from recommenders.splitting import Split, holdout

FACTS = "facts__"
TIE = 1e-6
"""Candidates of equal probability stand in the order of the first stage, which adds so much of its score."""


@dataclass(frozen=True)
class RerankConfig(ModelConfig):
    """Tuned on splits inside the training part of ../shared/data."""

    candidates: int = 200
    """So many of the first stage's items are put in order anew."""
    hidden_share: float = 0.2
    """So much of each training user's positives is hidden to learn the order from."""
    training_users: int = 4_000
    """The order is learned from at most so many users."""
    trees: int = 150
    learning_rate: float = 0.05
    leaves: int = 63
    min_leaf: int = 200
    """Candidates in a leaf, at least; a hundredth of all where there are fewer than 20,000."""
    features_share: float = 0.5
    """Share of the features that each tree may look at."""
    rows_share: float = 0.7
    """Share of the candidates that each tree learns from."""
    l2: float = 5.0

    search_space: ClassVar[SearchSpace] = {
        "trees": Between(50, 400, log=True),
        "learning_rate": Between(0.02, 0.2, log=True),
        "leaves": Between(7, 127, log=True),
        "min_leaf": Between(50, 1000, log=True),
        "features_share": Between(0.1, 1.0),
        "l2": Between(0.1, 50.0, log=True),
    }


class Rerank(Recommender):
    """Gradient-boosted trees over the first stage's candidates.

    Training hides some positives of the training users, teaches the first stage without them, and learns which
    candidates were hidden from: what each item-to-item model says and by which titles, what the user has of the
    candidate's franchise and how it was liked, labels the user has more of than others, distance in years,
    format, popularity. Then the first stage is taught again with everything.

    A candidate's score is the probability the trees give, in (0, 1); what is no candidate follows below 0 in the
    order of the first stage. Contributions hand the score on to the user's titles as the first stage's evidence is
    divided.

    Source:
        Two stages: Covington, Adams, Sargin, "Deep neural networks for YouTube recommendations", RecSys 2016;
        trees: Ke et al., "LightGBM: a highly efficient gradient boosting decision tree", NIPS 2017.
    """

    name = "rerank"
    family = "collaborative"
    Config = RerankConfig
    reads_items = True
    components = ("slim", "ease", "item_knn", "content_tfidf")
    first_stage: ClassVar[str] = "slim"

    _models: dict[str, LinearRecommender]
    _facts: ItemFacts
    _trees: Any

    @override
    def _fit(self, interactions: Interactions, items: ItemFeatures | None) -> None:
        split = holdout(interactions, self.config.hidden_share, seed=self.config.seed + 1)
        taught = self._components(split.train, items, given=False)
        features = CandidateFeatures(taught, ItemFacts.learn(split.train, items))
        self._trees = self._learned(split, features)
        self._set(self._components(interactions, items, given=True), ItemFacts.learn(interactions, items))

    def _set(self, models: dict[str, LinearRecommender], facts: ItemFacts) -> None:
        self._models, self._facts = models, facts
        self._features = CandidateFeatures(models, facts)

    def _components(
        self, interactions: Interactions, items: ItemFeatures | None, given: bool
    ) -> dict[str, LinearRecommender]:
        """The item-to-item models that can learn from this input."""
        ready = self.given if given else {}
        fitted = fitted_components(self.components, self.config.seed, interactions, items, ready)
        linear = _linear(fitted)
        if self.first_stage not in linear:
            raise NotEnoughDataError(
                f"{self.name} needs candidates of {self.first_stage}, which cannot learn from this"
            )
        return linear

    def _learned(self, split: Split, features: CandidateFeatures) -> Any:
        """The trees that tell hidden candidates from others."""
        import lightgbm

        users = np.random.default_rng(self.config.seed).permutation(split.evaluated)[: self.config.training_users]
        rows = split.train.take(np.sort(users))
        candidates = self._candidates(features.models[self.first_stage], rows)[0]
        hidden = split.held_out[np.sort(users)].toarray()
        wanted = np.take_along_axis(hidden, np.maximum(candidates, 0), axis=1)[candidates >= 0] > 0
        if not wanted.any():
            raise NotEnoughDataError(f"{self.name} learns from what {self.first_stage} finds again: it found nothing")
        table, names = features.of(rows, candidates)
        # all of them: with a third of the candidates that were not hidden NDCG@10 falls from 0.511 to 0.502
        table = table[candidates.ravel() >= 0]
        data = lightgbm.Dataset(table, wanted.astype(np.float32), feature_name=names)
        return lightgbm.train(self._parameters(len(table)), data, self.config.trees)

    def _parameters(self, rows: int) -> dict[str, Any]:
        """What LightGBM is told; one thread, so that two runs agree."""
        return {
            "objective": "binary",
            "learning_rate": self.config.learning_rate,
            "num_leaves": self.config.leaves,
            "min_data_in_leaf": min(self.config.min_leaf, max(rows // 100, 1)),
            "feature_fraction": self.config.features_share,
            "bagging_fraction": self.config.rows_share,
            "bagging_freq": 1,
            "lambda_l2": self.config.l2,
            "max_bin": 63,
            "seed": self.config.seed,
            "deterministic": True,
            "force_row_wise": True,
            # threads that wait for each other cost a busy machine more than they gain
            "num_threads": 1,
            "verbosity": -1,
        }

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
        best = scores.max(axis=1, keepdims=True, initial=0)
        np.divide(scores, best, out=scores, where=best > 0)
        real = candidates >= 0
        if not real.any():
            return scores - 1
        table = self._features.of(rows, candidates)[0][real.ravel()]
        likely = np.asarray(self._trees.predict(table, num_threads=1))
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
        """The first stage's contributions, brought to the size of the score; what has none of them is `base`."""
        self._require(rows)
        first = self._models[self.first_stage].contributions(rows, targets, top)
        score = np.take_along_axis(self.scores(rows), np.maximum(targets, 0), axis=1)
        score[targets < 0] = 0
        carried = np.maximum(score, 0) * self._speaks(rows)[:, None]
        size = np.divide(carried, first.total, out=np.zeros_like(score), where=first.total > 0)
        return Contributions(
            np.where(size[:, :, None] > 0, first.items, -1),
            first.amounts * size[:, :, None],
            first.positive * size,
            first.total * size,
            score - first.total * size,
        )

    @override
    def _carried(self, history: Indices, weights: Floats, targets: Indices) -> Floats:
        raise AssertionError("a second stage explains whole lists, see `contributions`")

    @override
    def _state(self) -> dict[str, NDArray[Any] | Csr]:
        text = np.frombuffer(self._trees.model_to_string().encode(), dtype=np.uint8)
        facts = {FACTS + name: value for name, value in self._facts.arrays().items()}
        return {"trees": text, **facts, **state_of(self._models)}

    @override
    def _restore(self, arrays: dict[str, Any]) -> None:
        import lightgbm

        # a text of numbers, read by a parser: nothing in it can run
        self._trees = lightgbm.Booster(model_str=arrays["trees"].tobytes().decode())
        facts = {name.removeprefix(FACTS): value for name, value in arrays.items() if name.startswith(FACTS)}
        restored = restored_components(self.components, self.item_keys, arrays)
        self._set(_linear(restored), ItemFacts.from_arrays(facts))


def _linear(models: Mapping[str, Recommender]) -> dict[str, LinearRecommender]:
    """The item-to-item models among these."""
    return {name: model for name, model in models.items() if isinstance(model, LinearRecommender)}
