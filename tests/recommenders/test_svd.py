"""SVD: the projection on the main directions, and damping."""

import numpy as np

from recommenders.svd import Svd, SvdConfig

from .worlds import matrix, tastes

PLAIN = SvdConfig(rating_power=0.0, embedding_size=3, user_power=0.0, item_power=0.0, reg=0.0, passes=30)


def test_without_scaling_and_damping_it_is_puresvd() -> None:
    """A row's scores are x V V' with the first three right singular vectors of the matrix of zeros and ones."""
    world, _ = tastes()
    rows = world.seen.toarray()
    right = np.linalg.svd(rows, full_matrices=False)[2][:3]
    np.testing.assert_allclose(Svd(PLAIN).fit(world).scores(world), rows @ right.T @ right, atol=1e-4)


def test_damping_makes_the_weaker_of_two_directions_count_less() -> None:
    """Ten users have items 0 and 1, four 2 and 3, one each the rest; reg takes more from the smaller group's scores."""
    world = matrix(
        [[8, 8, 0, 0, 0, 0, 0, 0]] * 10
        + [[0, 0, 8, 8, 0, 0, 0, 0]] * 4
        + [[0, 0, 0, 0, 8, 8, 0, 0], [0, 0, 0, 0, 0, 0, 8, 8]]
    )
    plain = SvdConfig(rating_power=0.0, embedding_size=2, user_power=0.0, item_power=0.0, reg=0.0)
    damped = SvdConfig(rating_power=0.0, embedding_size=2, user_power=0.0, item_power=0.0, reg=1.0)
    rows = matrix([[8, 0, 0, 0, 0, 0, 0, 0], [0, 0, 8, 0, 0, 0, 0, 0]])
    scores = {name: Svd(config).fit(world).scores(rows) for name, config in (("plain", plain), ("damped", damped))}
    np.testing.assert_allclose([scores["plain"][0, 1], scores["plain"][1, 3]], [0.5, 0.5], atol=1e-5)
    assert scores["damped"][0, 1] > scores["damped"][1, 3] > 0


def test_a_small_matrix_keeps_a_quarter_of_its_directions() -> None:
    """Of 45 directions 11 remain: with all of them a list would only be given back."""
    world, _ = tastes()
    assert Svd().fit(world)._inputs.shape == (45, 11)
