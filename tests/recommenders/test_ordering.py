"""A forest and networks together: what the order is made of, and that it comes back as it was."""

import numpy as np
import pytest

from recommenders.forest import Forest, ForestShape
from recommenders.networks import Networks, NetworkShape
from recommenders.ordering import Ordering

from .judgekit import LESSONS, lists

FOREST = ForestShape(40, learning_rate=0.1, leaves=7, min_leaf=5, features_share=1, rows_share=1, l2=0)
NETWORKS = NetworkShape(networks=2, width=16, passes=30, learning_rate=0.01, lists_at_once=8)


@pytest.fixture(scope="module")
def ordering() -> Ordering:
    """One that has learned."""
    return Ordering.learn(LESSONS, FOREST, NETWORKS, seed=1)


def test_either_counts_half(ordering: Ordering) -> None:
    """The order is the logistic function of the mean of what both say, each taught as it is by itself."""
    new = lists(3)
    forest = Forest.learn(LESSONS, FOREST, seed=1).answers(new.table, new.lengths)
    networks = Networks.learn(LESSONS, NETWORKS, seed=1).answers(new.table, new.lengths)
    expected = 1 / (1 + np.exp(-(forest + networks) / 2))
    np.testing.assert_allclose(ordering.order(new.table, new.lengths), expected, rtol=1e-12)
    assert np.corrcoef(forest, networks)[0, 1] < 0.999, "two judges, not one twice"


def test_the_order_lies_about_the_middle_of_each_list(ordering: Ordering) -> None:
    """Between 0 and 1, not a bit of it depends on which other lists are asked about, and a list of one has no order."""
    new = lists(4, users=3)
    together = ordering.order(new.table, new.lengths)
    assert ((together > 0) & (together < 1)).all()
    np.testing.assert_array_equal(together[10:20], ordering.order(new.table[10:20], np.array([10])))
    assert ordering.order(new.table, np.array([1, 9, 20]))[0] == 0.5


def test_it_comes_back_as_it_was(ordering: Ordering) -> None:
    """From arrays of which none needs pickle."""
    new, arrays = lists(5), ordering.arrays()
    assert all(values.dtype != object for values in arrays.values())
    np.testing.assert_array_equal(
        Ordering.from_arrays(arrays).order(new.table, new.lengths), ordering.order(new.table, new.lengths)
    )
