"""A forest of boosted trees that puts candidates in order by how likely each is what was hidden."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from recommenders.candidatelists import CandidateLists, standardised
from recommenders.contributions import Floats


@dataclass(frozen=True)
class ForestShape:
    """How a forest is made and taught.

    Attributes:
        trees: how many.
        learning_rate: how much of what is left each tree takes away.
        leaves: of a tree, at most.
        min_leaf: candidates in a leaf, at least; but never more than a hundredth of all.
        features_share: share of the features that each tree may look at.
        rows_share: share of the candidates that each tree learns from.
        l2: how much answers are drawn towards 0.
    """

    trees: int
    learning_rate: float
    leaves: int
    min_leaf: int
    features_share: float
    rows_share: float
    l2: float

    def told(self, candidates: int, seed: int) -> dict[str, Any]:
        """What LightGBM is told, to learn from so many candidates."""
        return {
            "objective": "binary",
            "learning_rate": self.learning_rate,
            "num_leaves": self.leaves,
            "min_data_in_leaf": min(self.min_leaf, max(candidates // 100, 1)),
            "feature_fraction": self.features_share,
            "bagging_fraction": self.rows_share,
            "bagging_freq": 5,  # drawing rows anew for every tree costs more than it gains
            "lambda_l2": self.l2,
            "seed": seed,
            "max_bin": 63,
            "deterministic": True,
            "force_col_wise": True,
            # networks learn beside it; more threads would wait for each other longer than they gain
            "num_threads": 1,
            "verbosity": -1,
        }


class Forest:
    """Boosted trees by log loss.

    Source:
        Ke et al., "LightGBM: a highly efficient gradient boosting decision tree", NIPS 2017.
    """

    def __init__(self, trees: Any) -> None:
        self._trees = trees

    @classmethod
    def learn(cls, lists: Sequence[CandidateLists], shape: ForestShape, seed: int) -> Self:
        """A forest that tells what was hidden from what was not.

        Args:
            lists: what to learn from, all with the same features; at least one.
            shape: of the forest.
            seed: of the features and candidates that a tree may look at.
        """
        import lightgbm

        told = shape.told(sum(len(part.table) for part in lists), seed)
        wanted = np.concatenate([part.wanted for part in lists]).astype(np.float32)
        tables = [part.table for part in lists]  # LightGBM reads them one by one: together they would need a copy
        data = lightgbm.Dataset(tables, wanted, feature_name=list(lists[0].names), params=told)
        return cls(lightgbm.train(told, data, shape.trees))

    def answers(self, table: Floats, lengths: NDArray[np.int64]) -> NDArray[np.float64]:
        """What stands higher comes first: float64 (candidates,), each list in units of its spread about its mean.

        Args:
            table: float32 (candidates, features), list after list.
            lengths: int64 (users,), candidates of each user, at least 1.
        """
        return standardised(self._trees.predict(table, raw_score=True, num_threads=1), lengths)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The forest as bytes of LightGBM's text."""
        return {"text": np.frombuffer(self._trees.model_to_string().encode(), dtype=np.uint8)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """The forest that `arrays` gave."""
        import lightgbm

        # a text of numbers, read by a parser: nothing in it can run
        return cls(lightgbm.Booster(model_str=arrays["text"].tobytes().decode()))
