"""Recent popularity: old ratings fade and then no longer count."""

import numpy as np
import pytest

from recommenders.errors import NotEnoughDataError
from recommenders.interactions import Interactions
from recommenders.popularity_recent import PopularityRecent, PopularityRecentConfig
from recommenders.splitting import holdout

from .worlds import matrix, tastes

CONFIG = PopularityRecentConfig(days=100, half_life_days=50)


def rated(*entries: tuple[int, int, float, float]) -> Interactions:
    """A matrix of (user, item, rating, day)."""
    user, item, rating, day = zip(*entries, strict=True)
    return Interactions.from_arrays(user, item, rating, user_keys=range(4), item_keys=range(4), rated_at=day)


def test_a_rating_of_one_half_life_counts_half() -> None:
    """Item 0 is liked today, 1 by two 50 days ago, 2 by one 101 days ago, 3 is disliked today."""
    world = rated((0, 0, 9, 200), (1, 1, 8, 150), (2, 1, 7, 150), (3, 2, 10, 99), (0, 3, 2, 200))
    scores = PopularityRecent(CONFIG).fit(world).scores(world)[0]
    assert np.floor(scores * 2 + 1e-6).tolist() == [2, 2, 0, 0]
    # among equals, and among what is not recent at all, popularity of all time decides
    assert scores.argsort()[::-1].tolist() == [1, 0, 2, 3]


def test_the_newest_rating_is_today() -> None:
    """Moving all days by a year changes nothing."""
    entries = ((0, 0, 9, 200), (1, 1, 8, 150), (2, 1, 7, 150))
    later = tuple((user, item, rating, day + 365) for user, item, rating, day in entries)
    first, second = (PopularityRecent(CONFIG).fit(world).prior for world in (rated(*entries), rated(*later)))
    assert first.tolist() == second.tolist()


def test_without_times_it_says_why_it_cannot_learn() -> None:
    """No time at all, or times of unrated entries only, end in the error that means `skipped`."""
    with pytest.raises(NotEnoughDataError, match=r"popularity_recent .* when it was made"):
        PopularityRecent().fit(matrix([[8, 9]]))
    with pytest.raises(NotEnoughDataError):
        PopularityRecent().fit(rated((0, 0, 9, np.nan), (1, 1, 8, np.nan)))


def test_times_follow_their_entries() -> None:
    """Taking users, aligning items and hiding entries keep each entry's time, to the minute."""
    world = rated((0, 0, 9, 19_000.25), (1, 1, 8, 0.0), (1, 2, 8, np.nan), (2, 3, 7, 3.5), (2, 0, 7, 4.5))
    assert world.rated_at is not None
    assert world.rated_at.nnz == 4
    taken = world.take([2, 0]).aligned_to(np.array([0, 3, 9]))
    assert taken.rated_at is not None
    assert taken.rated_at.toarray().tolist() == [[4.5, 3.5, 0], [19_000.25, 0, 0]]
    split = holdout(tastes()[0])
    assert split.train.rated_at is not None
    assert split.train.rated_at.nnz == split.train.seen.nnz
