"""A forest: what it learns, and that it comes back from its text as it was."""

from typing import Any

from numpy.typing import NDArray

from recommenders.forest import Forest, ForestShape

from .judgekit import LESSONS, JudgeKit

SHAPE = ForestShape(40, learning_rate=0.1, leaves=7, min_leaf=5, features_share=1, rows_share=1, l2=0)


class TestForest(JudgeKit):
    """Trees by log loss."""

    def taught(self) -> Forest:
        """Forty trees."""
        return Forest.learn(LESSONS, SHAPE, seed=1)

    def restored(self, arrays: dict[str, NDArray[Any]]) -> Forest:
        """From LightGBM's text."""
        return Forest.from_arrays(arrays)


def test_a_leaf_never_needs_more_than_a_hundredth_of_all_candidates() -> None:
    """Or small worlds would have trees without a single branch."""
    shape = ForestShape(1, learning_rate=0.1, leaves=7, min_leaf=400, features_share=1, rows_share=1, l2=0)
    assert [shape.told(n, seed=1)["min_data_in_leaf"] for n in (50, 5_000, 500_000)] == [1, 50, 400]
