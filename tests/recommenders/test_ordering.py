"""A forest and networks together: what the order is made of, and that it comes back as it was."""

import numpy as np
import pytest

from recommenders.forest import Forest, ForestShape
from recommenders.networks import Networks, NetworkShape
from recommenders.ordering import Ordering

from .judgekit import lists

FOREST = ForestShape(40, learning_rate=0.1, leaves=7, min_leaf=5, features_share=1, rows_share=1, l2=0)
NETWORKS = NetworkShape(networks=2, width=16, passes=30, learning_rate=0.01, lists_at_once=8)


@pytest.fixture(scope="module")
def ordering() -> Ordering:
    """One that learned from two hidings."""
    return Ordering.learn([lists(1), lists(2)], FOREST, NETWORKS, seed=1)


def test_either_counts_half(ordering: Ordering) -> None:
    """The order is the logistic function of the mean of what both say, each taught as it is by itself."""
    new = lists(3)
    forest = Forest.learn([lists(1), lists(2)], FOREST, seed=1).answers(new.table, new.lengths)
    networks = Networks.learn([lists(1), lists(2)], NETWORKS, seed=1).answers(new.table, new.lengths)
    expected = 1 / (1 + np.exp(-(forest + networks) / 2))
    np.testing.assert_allclose(ordering.order(new.table, new.lengths), expected, rtol=1e-12)
    assert np.corrcoef(forest, networks)[0, 1] < 0.999, "two judges, not one twice"


def test_it_comes_back_as_it_was(ordering: Ordering) -> None:
    """From arrays of which none needs pickle."""
    new, arrays = lists(5), ordering.arrays()
    assert all(values.dtype != object for values in arrays.values())
    np.testing.assert_array_equal(
        Ordering.from_arrays(arrays).order(new.table, new.lengths), ordering.order(new.table, new.lengths)
    )
