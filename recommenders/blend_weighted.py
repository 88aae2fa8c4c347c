"""A weighted sum of models, with weights that put what was hidden above what was not."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from recommenders.base import Recommender
from recommenders.blend import Blend, BlendConfig, standardised
from recommenders.components import fitted_components
from recommenders.contributions import Floats
from recommenders.features import ItemFeatures
from recommenders.interactions import Csr, Interactions
from recommenders.ranking import top_k
from recommenders.splitting import Split, holdout

ARRAY = "blend_weights"


@dataclass(frozen=True)
class BlendWeightedConfig(BlendConfig):
    """How the weights are learned."""

    share: float = 0.2
    """So much of each user's positives is hidden from the components for it."""
    users: int = 1_000
    """At most so many users are looked at."""
    candidates: int = 50
    """The first so many items of each component's list stand for all that could be recommended."""
    reg: float = 1e-3
    """L2 penalty of the weights, which only keeps equals equal."""


class BlendWeighted(Blend):
    """The sum of the components' scores, each in units of its spread over the items, times a weight >= 0.

    The weights are learned on a split inside the data that the blend is given: components taught with the one
    part rank the other, and the weights maximise the likelihood of the hidden items among all candidates
    (softmax over each user's candidates, a convex problem). Then the components learn from everything.

    Source:
        Burke, "Hybrid recommender systems: survey and experiments", UMUAI 2002 (weighted hybrid); the loss:
        Cao, Qin, Liu, Tsai, Li, "Learning to rank: from pairwise approach to listwise approach", ICML 2007.
    """

    name = "blend_weighted"
    family = "collaborative"
    Config = BlendWeightedConfig

    _weight_of: dict[str, float]

    @override
    def _learn(self, interactions: Interactions, items: ItemFeatures | None) -> None:
        self._weight_of = dict.fromkeys(self._models, 1.0)
        # another seed than any evaluation's, so that what is hidden here is not what is hidden there
        split = holdout(interactions, self.config.share, seed=self.config.seed + 1)
        users = split.evaluated
        if not len(users):
            return
        chosen = np.sort(np.random.default_rng(self.config.seed).permutation(users)[: self.config.users])
        models = fitted_components(tuple(self._models), self.config.seed, split.train, items, {})
        if set(models) != set(self._models):
            return
        examples = candidate_scores(models, split, chosen, self.config.candidates)
        self._weight_of = dict(zip(models, learned_weights(*examples, self.config.reg), strict=True))

    @override
    def _points(self, name: str, scores: Floats, rows: Interactions) -> Floats:
        return standardised(scores) * np.float32(self._weight_of[name])

    @override
    def _state(self) -> dict[str, NDArray[Any] | Csr]:
        return super()._state() | {ARRAY: np.array([self._weight_of[name] for name in self._models])}

    @override
    def _restore(self, arrays: dict[str, Any]) -> None:
        weights = arrays.pop(ARRAY).tolist()
        super()._restore(arrays)
        self._weight_of = dict(zip(self._models, weights, strict=True))


def candidate_scores(
    models: dict[str, Recommender], split: Split, users: NDArray[np.int64], depth: int, block: int = 256
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.bool_]]:
    """Candidates of all users: owner (n,) ascending, standardised scores (n, models), and whether it was hidden (n,).

    A user's candidates are the first `depth` items of each model's list and all that was hidden.
    """
    owners, scores, hidden = [], [], []
    for start in range(0, len(users), block):
        rows = users[start : start + block]
        known = split.train.take(rows)
        wanted = split.held_out[rows].toarray() > 0
        listed, parts = wanted.copy(), []
        for model in models.values():
            part = standardised(model.scores(known))
            best = top_k(part, depth, exclude=known.seen)[0]
            row, place = np.nonzero(best >= 0)
            listed[row, best[row, place]] = True
            parts.append(part)
        row, item = np.nonzero(listed)
        owners.append(row + start)
        scores.append(np.stack([part[row, item] for part in parts], axis=1).astype(np.float64))
        hidden.append(wanted[row, item])
    return np.concatenate(owners), np.concatenate(scores), np.concatenate(hidden)


def learned_weights(
    owners: NDArray[np.int64], scores: NDArray[np.float64], hidden: NDArray[np.bool_], reg: float
) -> list[float]:
    """Weights >= 0 that maximise each user's mean log-probability of the hidden candidates.

    A score that is the same for all candidates says nothing and gets 0; where all are, each gets 1.
    """
    from scipy.optimize import minimize

    says = np.ptp(scores, axis=0) > 0
    if not says.any():
        return [1.0] * len(says)
    first = np.flatnonzero(np.r_[True, owners[1:] != owners[:-1]])
    user = np.cumsum(np.r_[False, owners[1:] != owners[:-1]])
    positives = np.maximum(np.add.reduceat(hidden.astype(np.float64), first), 1)
    target = hidden / positives[user]
    # the same steps whatever the unit of the scores; what says nothing is 0 in an infinite one, and so is its weight
    unit = np.where(says, scores.std(axis=0), np.inf)
    scaled = scores / unit

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        logits = scaled @ weights
        logits -= np.maximum.reduceat(logits, first)[user]
        mass = np.exp(logits)
        total = np.add.reduceat(mass, first)[user]
        value = -np.sum(target * (logits - np.log(total))) / len(first)
        # every user's targets sum to 1, so the gradient is expected minus observed
        gradient = scaled.T @ (mass / total - target) / len(first)
        return float(value + reg * weights @ weights), gradient + 2 * reg * weights

    size = scores.shape[1]
    found = minimize(loss, np.full(size, 1.0 / size), jac=True, method="L-BFGS-B", bounds=[(0, None)] * size)
    return [float(weight) for weight in found.x / unit]
