"""The viewers."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from demo.people import NEVER_SCORES, ONLY_PLANS, SOURCE_SHARES, make_people


@given(st.integers(0, 1_000), st.integers(10, 200))
def test_every_source_has_viewers_and_every_viewer_one_source(seed: int, count: int) -> None:
    """The viewers of the three sources are all viewers, each once, and no source is empty."""
    people = make_people(seed, count)
    on = [people.on(source) for source in SOURCE_SHARES]
    assert all(len(rows) for rows in on)
    assert sorted(np.concatenate(on).tolist()) == list(range(count))
    assert len(set(people.handles)) == len(people) == count


def test_most_viewers_are_on_myanimelist() -> None:
    """About seven of ten keep their list there."""
    people = make_people(1, 5_000)
    assert 0.67 < len(people.on("myanimelist")) / 5_000 < 0.73


def test_a_few_viewers_never_score() -> None:
    """About two of a hundred only plan, or never give a score."""
    habit = make_people(1, 5_000).habit
    assert 0.005 < (habit == ONLY_PLANS).mean() < 0.025
    assert 0.005 < (habit == NEVER_SCORES).mean() < 0.025


def test_habits_differ() -> None:
    """Mean scores, spreads and appetites vary between viewers, and stay possible."""
    people = make_people(1, 5_000)
    assert people.mean_score.std() > 0.5
    assert people.mean_score.min() > 4
    assert people.mean_score.max() < 10
    assert people.spread.min() > 0.2
    assert np.percentile(people.appetite, 95) > 10 * np.percentile(people.appetite, 5)
