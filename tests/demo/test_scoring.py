"""Scores, statuses and times."""

import numpy as np
import pytest

from demo.people import NEVER_SCORES
from demo.schedule import TODAY_DAY
from demo.scoring import DROPPED, PLANNED, SCALES, STATUSES
from demo.world import World

RANGES = {"anilist": (10, 100), "kitsu": (2, 20), "myanimelist": (1, 10)}


@pytest.mark.parametrize("source", RANGES)
def test_scores_are_on_the_scale_of_their_source(default_world: World, source: str) -> None:
    """AniList 10-100, Kitsu 2-20, MyAnimeList 1-10, and 0 for an entry without score."""
    score = default_world.ratings[source].score
    low, high = RANGES[source]
    assert set(np.unique(score)) <= {0, *range(low, high + 1)}
    assert score.max() == high
    assert (score == 0).any()


@pytest.mark.parametrize("source", RANGES)
@pytest.mark.parametrize("scale", [0, 1, 2])
def test_a_coarser_scale_has_fewer_values(source: str, scale: int) -> None:
    """Each way of scoring has its own number of values, all of them in range."""
    points = np.linspace(1, 10, 500)
    values = SCALES[source](points, np.full(500, scale))
    assert values.min() >= RANGES[source][0]
    assert values.max() <= RANGES[source][1]
    limits = {"anilist": (91, 10, 5), "kitsu": (19, 10, 4), "myanimelist": (10, 10, 5)}
    assert len(np.unique(values)) == limits[source][scale]


def test_viewers_differ_in_how_they_score(default_world: World) -> None:
    """The means of viewers with 50 scores or more spread by more than half a point."""
    ratings = default_world.ratings["myanimelist"]
    scored = ratings.score > 0
    sums = np.bincount(ratings.person[scored], weights=ratings.score[scored])
    counts = np.bincount(ratings.person[scored])
    means = sums[counts >= 50] / counts[counts >= 50]
    assert means.std() > 0.5
    assert 6.8 < ratings.score[scored].mean() < 7.8


def test_whoever_never_scores_has_no_scores(default_world: World) -> None:
    """Viewers with that habit have entries, all unrated."""
    silent = np.flatnonzero(default_world.people.habit == NEVER_SCORES)
    for part in default_world.ratings.values():
        mine = np.isin(part.person, silent)
        assert mine.any()
        assert (part.score[mine] == 0).all()


def test_all_statuses_occur_and_planned_entries_have_no_score(default_world: World) -> None:
    """Blank, watching, completed, on_hold, dropped and planned all stand in every file."""
    for part in default_world.ratings.values():
        assert set(np.unique(part.status)) == set(range(len(STATUSES)))
        assert (part.score[part.status == PLANNED] == 0).all()


def test_what_was_dropped_was_liked_less(default_world: World) -> None:
    """The mean score of dropped entries is at least two points below that of the others."""
    part = default_world.ratings["myanimelist"]
    scored = part.score > 0
    dropped = part.status == DROPPED
    assert part.score[scored & dropped].mean() + 2 < part.score[scored & ~dropped].mean()


def test_times_lie_between_the_start_and_today(default_world: World) -> None:
    """No entry is newer than the world's day, no scored one older than its anime; a few have no time."""
    starts = default_world.catalogue.schedule.start
    for part in default_world.ratings.values():
        timed = part.updated > 0
        assert 0.005 < (~timed).mean() < 0.03
        days = part.updated / 86_400
        assert (days[timed] <= TODAY_DAY).all()
        watched = timed & (part.score > 0)
        assert (days[watched] >= np.minimum(starts[part.row[watched]], TODAY_DAY - 1)).all()
