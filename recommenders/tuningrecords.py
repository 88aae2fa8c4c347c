"""What a search for parameters is given, and what comes out of it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommenders.features import ItemFeatures
from recommenders.interactions import Interactions
from recommenders.intervals import Comparison


@dataclass(frozen=True)
class Ground:
    """What a search may look at, which is the training part and nothing else.

    Attributes:
        training: the ratings; whatever is held out for evaluation is not in it.
        items: what the items are about, for models that read it.
        allowed: bool (n_items,), what may be recommended; None = all.
    """

    training: Interactions
    items: ItemFeatures | None = None
    allowed: NDArray[np.bool_] | None = None


@dataclass(frozen=True)
class Trial:
    """One configuration that was tried.

    Attributes:
        number: from 0, in the order of trying; 0 is the default configuration.
        outcome: finished, pruned (given up after a part of its passes) or failed.
        ndcg_at_10: mean over users on what the search hides; None where it did not finish.
        parameters: the values of the fields that are searched.
        problem: why it failed; None where it did not.
    """

    number: int
    outcome: str
    ndcg_at_10: float | None
    parameters: dict[str, Any]
    problem: str | None = None


@dataclass(frozen=True)
class Tuning:
    """A finished search.

    Attributes:
        model: its name.
        study: the name of the search, the same for equal data, code, seed and search space.
        best: parameters of the best trial, the fields that are searched.
        best_value: NDCG@10 of the best, on ratings that no trial was ranked by.
        default_value: the default configuration's on the same.
        comparison: best minus default, paired over users.
        protocol: how those ratings were hidden.
        trials: all of them, in their order.
    """

    model: str
    study: str
    best: dict[str, Any]
    best_value: float
    default_value: float
    comparison: Comparison
    protocol: str
    trials: tuple[Trial, ...]

    @property
    def is_better(self) -> bool:
        """Whether the best is better than the default beyond chance (see `Comparison`)."""
        return self.comparison.is_higher
