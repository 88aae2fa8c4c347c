"""Popularity: counts a reader can redo."""

import numpy as np

from recommenders.popularity import Popularity, PopularityConfig

from .worlds import matrix


def test_popularity_counts_who_liked_it_and_breaks_ties_by_who_has_it() -> None:
    """Item 0 is liked by two; 1 and 2 by one each, and 2 is on one list more; 3 is disliked."""
    world = matrix([[7, 8, 0, 2], [9, 0, 10, 0], [0, 0, 3, 0]])
    scores = Popularity().fit(world).scores(world)
    np.testing.assert_allclose(scores[0], [2 + 2 / 4, 1 + 1 / 4, 1 + 2 / 4, 0 + 1 / 4])
    assert (scores == scores[0]).all()


def test_popularity_can_count_from_another_rating() -> None:
    """With positive_from=9 an 8 no longer counts as liked."""
    world = matrix([[8, 9]])
    scores = Popularity(PopularityConfig(positive_from=9)).fit(world).scores(world)
    np.testing.assert_allclose(scores, [[0 + 1 / 2, 1 + 1 / 2]])
