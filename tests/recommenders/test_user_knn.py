"""User neighbours: cosines and loans a reader can redo."""

import tracemalloc

import numpy as np
import pytest

from recommenders.interactions import Interactions
from recommenders.user_knn import COSINES_BYTES, UserKnn, UserKnnConfig

from .worlds import matrix, tastes

PLAIN = UserKnnConfig(rating_power=0.0, neighbours=1, item_power=0.0, sharpness=1.0, popularity_penalty=0.0)


def test_the_nearest_user_lends_the_list() -> None:
    """Somebody with a is nearest to the user with a and b: cosine 1 / sqrt(2), and that is the score of b."""
    model = UserKnn(PLAIN).fit(matrix([[8, 8, 0], [0, 8, 8]]))
    np.testing.assert_allclose(model.scores(matrix([[8, 0, 0]]))[0], [2**-0.5, 2**-0.5, 0], rtol=1e-6)


def test_an_item_carries_its_part_of_the_similarity() -> None:
    """Of the cosine with a user who has a, b and c, the two items of the list carry half each."""
    model = UserKnn(PLAIN).fit(matrix([[8, 8, 8, 0], [0, 0, 0, 8]]))
    parts = model.contributions(matrix([[8, 8, 0, 0]]), np.array([[2]], dtype=np.int32))
    np.testing.assert_allclose(parts.total, (2 / 3) ** 0.5, rtol=1e-6)
    np.testing.assert_allclose(parts.amounts[0, 0, :2], [(2 / 3) ** 0.5 / 2] * 2, rtol=1e-6)


def test_rare_items_tie_users_more_than_common_ones() -> None:
    """With item_power the user who shares the rare d is nearer than the one who shares b, which all have."""
    world = matrix([[8, 8, 0, 0, 0], [0, 8, 8, 0, 0], [0, 8, 0, 8, 8], [0, 8, 0, 0, 0]])
    config = UserKnnConfig(rating_power=0.0, neighbours=1, item_power=1.0, sharpness=1.0, popularity_penalty=0.0)
    scores = UserKnn(config).fit(world).scores(matrix([[0, 8, 0, 8, 0]]))[0]
    assert np.flatnonzero(scores).tolist() == [1, 3, 4]


def test_how_many_rows_are_compared_at_once_changes_no_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    """All at once, seven at a time, or one by one where not even one fits."""
    world, _ = tastes()
    model = UserKnn().fit(world)
    whole = model.scores(world)
    for rows in (7, 0):
        monkeypatch.setattr("recommenders.user_knn.COSINES_BYTES", 4 * world.n_users * rows)
        assert model.scores(world).tobytes() == whole.tobytes()


def test_memory_does_not_grow_with_the_rows_times_the_training_users() -> None:
    """All pairs of 4,000 users would be 61 MiB, and their product before that as much again."""
    rng = np.random.default_rng(1)
    n, length = 4_000, 6
    items = np.concatenate([rng.permutation(60)[:length] for _ in range(n)])
    world = Interactions.from_arrays(np.repeat(np.arange(n), length), items, np.full(n * length, 8.0))
    model = UserKnn().fit(world)
    model.scores(world.take(range(300)))  # what is compiled once is not counted
    tracemalloc.start()
    try:
        model.scores(world)
        assert tracemalloc.get_traced_memory()[1] < 4 * COSINES_BYTES < 4 * n * n
    finally:
        tracemalloc.stop()
