"""User neighbours: cosines and loans a reader can redo."""

import numpy as np

from recommenders.user_knn import UserKnn, UserKnnConfig

from .worlds import matrix

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
