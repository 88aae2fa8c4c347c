"""SLIM: the elastic net is solved, and what it says follows from who has what."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from recommenders.interactions import Interactions
from recommenders.kernels.elastic import solve
from recommenders.slim import Slim, SlimConfig, SlimLiked

from .worlds import matrix, tastes


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.floats(0.05, 2.0), st.floats(0.05, 2.0))
def test_the_weights_are_where_the_elastic_net_has_its_minimum(seed: int, l1: float, l2: float) -> None:
    """Karush-Kuhn-Tucker: no slope where a weight is above 0, none downwards where it is 0."""
    draw = np.random.default_rng(seed)
    table = (draw.random((25, 8)) < 0.4).astype(np.float32)
    gram = np.ascontiguousarray(table.T @ table)
    costs = np.full(8, l1, dtype=np.float32)
    weights = solve(gram, np.arange(8), costs, np.float32(l2), 2000, np.float32(1e-7))
    assert (weights >= 0).all()
    assert (np.diag(weights) == 0).all()
    for target in range(8):
        slope = gram @ weights[target] - gram[target] + l1 + l2 * weights[target]
        others = np.arange(8) != target
        above = others & (weights[target] > 0)
        np.testing.assert_allclose(slope[above], 0, atol=2e-3)
        assert (slope[others & ~above] >= -2e-3).all()


def test_an_item_is_carried_by_what_the_same_people_have() -> None:
    """Items 0 and 1 go together, 2 and 3 go together: whoever has 0 is led to 1."""
    rows = [[9, 9, 0, 0]] * 6 + [[0, 0, 9, 9]] * 6
    model = Slim(SlimConfig(l1=0.1)).fit(matrix(rows))
    carry = model.carry.toarray()
    assert carry[0, 1] > 0
    assert carry[1, 0] > 0
    assert carry[0, 2] == carry[0, 3] == 0


def test_a_higher_cost_leaves_fewer_weights() -> None:
    """The l1 penalty is what makes the model sparse."""
    world = tastes()[0]
    few, many = (Slim(SlimConfig(l1=cost)).fit(world).carry.nnz for cost in (2.0, 0.05))
    assert few < many


def test_what_was_not_liked_is_no_evidence_to_slim_liked() -> None:
    """Ratings below 7 and entries without one are left out of a row, and may be all of it."""
    rows = matrix([[9, 3, -1, 7], [6, 2, 0, -1]])
    assert rows.liked().toarray().tolist() == [[1, 0, 0, 1], [0, 0, 0, 0]]
    model = SlimLiked().fit(tastes()[0])
    assert np.array_equal(model.scores(matrix_over(model, [5.0]))[0], model.prior)
    assert not np.array_equal(model.scores(matrix_over(model, [9.0]))[0], model.prior)


def matrix_over(model: Slim, ratings: list[float]) -> Interactions:
    """One user's ratings of the first items that carry anything."""
    reach = np.flatnonzero(np.diff(model.carry.indptr))[: len(ratings)]
    keys = model.item_keys
    return Interactions.from_arrays([1] * len(ratings), keys[reach], ratings, user_keys=[1], item_keys=keys)
