"""RP3beta: walks a reader can follow."""

import numpy as np

from recommenders.rp3beta import Rp3Beta, Rp3BetaConfig

from .worlds import matrix

PLAIN = Rp3BetaConfig(rating_power=0.0, alpha=1.0, beta=0.0)


def test_a_walk_goes_to_a_viewer_and_on_to_one_of_the_viewers_items() -> None:
    """User 0 has a and b, user 1 has b and c: from a all walks pass user 0, half of them end at b, none at c."""
    carry = Rp3Beta(PLAIN).fit(matrix([[8, 8, 0], [0, 8, 8]])).carry.toarray()
    np.testing.assert_allclose(carry, [[0, 1 / 2, 0], [1 / 4, 0, 1 / 4], [0, 1 / 2, 0]])


def test_beta_holds_popular_anime_back() -> None:
    """With beta = 1 arriving at b, which two have, counts half."""
    config = Rp3BetaConfig(rating_power=0.0, alpha=1.0, beta=1.0)
    carry = Rp3Beta(config).fit(matrix([[8, 8, 0], [0, 8, 8]])).carry.toarray()
    np.testing.assert_allclose(carry[0], [0, 1 / 4, 0])


def test_alpha_is_the_power_of_each_step() -> None:
    """With alpha = 2 a walk of probability 1/2 * 1/2 counts 1/16."""
    config = Rp3BetaConfig(rating_power=0.0, alpha=2.0, beta=0.0)
    carry = Rp3Beta(config).fit(matrix([[8, 8, 0], [0, 8, 8]])).carry.toarray()
    np.testing.assert_allclose(carry[1], [1 / 16, 0, 1 / 16])
