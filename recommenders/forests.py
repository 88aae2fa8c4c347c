"""Two forests of boosted trees that put candidates in order, and what they say together.

One learns how likely a candidate is what was hidden (log loss), the other which of two candidates of a user stands
first (LambdaRank). Each errs in its own way, so that their mean orders better than either.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from recommenders.contributions import Floats
from recommenders.threads import in_threads

OBJECTIVES = ("binary", "lambdarank")
TRUNCATION = 30
"""LambdaRank looks at pairs of which one stands among the first so many."""


@dataclass(frozen=True)
class CandidateLists:
    """Candidates of some users, list after list.

    Attributes:
        table: float32 (candidates, features).
        lengths: int64 (users,), candidates of each user.
        wanted: bool (candidates,), whether it was hidden; what is learned.
        names: of the features.
    """

    table: Floats
    lengths: NDArray[np.int64]
    wanted: NDArray[np.bool_]
    names: Sequence[str]


class Forests:
    """Boosted trees by their objective.

    Source:
        Ke et al., "LightGBM: a highly efficient gradient boosting decision tree", NIPS 2017; Burges, "From RankNet to
        LambdaRank to LambdaMART: an overview", MSR-TR-2010-82.
    """

    def __init__(self, trees: Mapping[str, Any]) -> None:
        self._trees = dict(trees)

    @classmethod
    def learn(cls, lists: Sequence[CandidateLists], rounds: int, parameters: Mapping[str, Any]) -> Self:
        """Forests that tell what was hidden from what was not.

        Args:
            lists: what to learn from, all with the same features; at least one.
            rounds: trees of each forest.
            parameters: what LightGBM is told besides the objective.
        """
        import lightgbm

        told = {
            **parameters,
            "max_bin": 63,
            "deterministic": True,
            "force_col_wise": True,
            # each forest has a thread; more of them would wait for each other longer than they gain
            "num_threads": 1,
            "verbosity": -1,
        }
        wanted = np.concatenate([part.wanted for part in lists]).astype(np.float32)
        lengths = np.concatenate([part.lengths for part in lists])
        tables = [part.table for part in lists]  # LightGBM reads them one by one: together they would need a copy
        data = lightgbm.Dataset(
            tables, wanted, group=lengths, feature_name=list(lists[0].names), params=told
        ).construct()

        def learned(objective: str) -> Any:
            own = {**told, "objective": objective, "lambdarank_truncation_level": TRUNCATION}
            return lightgbm.train(own, data, rounds)

        return cls(dict(zip(OBJECTIVES, in_threads(learned, OBJECTIVES), strict=True)))

    def order(self, table: Floats, lengths: NDArray[np.int64]) -> NDArray[np.float64]:
        """What stands higher comes first: float64 (candidates,) in (0, 1).

        The forests' answers are brought to mean 0 and spread 1 on each user's list, averaged, and put through the
        logistic function: 0.5 is the mean of the list.

        Args:
            table: float32 (candidates, features), list after list.
            lengths: int64 (users,), candidates of each user, at least 1.
        """
        answers = [
            _standardised(trees.predict(table, raw_score=True, num_threads=1), lengths)
            for trees in self._trees.values()
        ]
        return np.asarray(1 / (1 + np.exp(-np.mean(answers, axis=0))))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The forests as bytes of LightGBM's text, by objective."""
        return {
            objective: np.frombuffer(trees.model_to_string().encode(), dtype=np.uint8)
            for objective, trees in self._trees.items()
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """The forests that `arrays` gave."""
        import lightgbm

        # a text of numbers, read by a parser: nothing in it can run
        return cls({name: lightgbm.Booster(model_str=text.tobytes().decode()) for name, text in arrays.items()})


def _standardised(answers: NDArray[np.float64], lengths: NDArray[np.int64]) -> NDArray[np.float64]:
    """Each list less its mean, in units of its spread; a list of equals is 0."""
    begins = np.cumsum(lengths) - lengths
    centred = answers - np.repeat(np.add.reduceat(answers, begins) / lengths, lengths)
    spread = np.repeat(np.sqrt(np.add.reduceat(centred**2, begins) / lengths), lengths)
    standardised: NDArray[np.float64] = np.divide(centred, spread, out=np.zeros_like(centred), where=spread > 0)
    return standardised
