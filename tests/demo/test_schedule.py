"""Dates, lengths and states."""

import numpy as np
import pytest

from demo import franchises as roles
from demo.franchises import Plan, plan_franchises
from demo.schedule import (
    AIRING,
    CLIP,
    FILM,
    FINISHED,
    KNOWN_DAY,
    OLDEST_DAY,
    TODAY_DAY,
    TV,
    UPCOMING,
    Schedule,
    make_schedule,
)


@pytest.fixture(scope="module")
def plan() -> Plan:
    """The plan of 8,000 anime."""
    return plan_franchises(4, 8_000)


@pytest.fixture(scope="module")
def schedule(plan: Plan) -> Schedule:
    """Their schedule."""
    return make_schedule(4, plan)


def test_a_sequel_comes_after_what_it_follows(plan: Plan, schedule: Schedule) -> None:
    """In the main line of a franchise a later entry starts later."""
    later = np.flatnonzero(np.isin(plan.role, (roles.SEASON, roles.PART)))
    assert (schedule.start[later] > schedule.start[plan.predecessor[later]]).all()


def test_the_state_follows_from_the_dates(schedule: Schedule) -> None:
    """What starts after the world's day is upcoming, what ends before it has finished (or was cancelled)."""
    assert ((schedule.status == UPCOMING) == (schedule.start > TODAY_DAY)).all()
    assert (schedule.end[schedule.status == FINISHED] < TODAY_DAY).all()
    running = schedule.status == AIRING
    assert ((schedule.start[running] <= TODAY_DAY) & (schedule.end[running] >= TODAY_DAY)).all()


def test_there_are_upcoming_and_undated_titles_but_few(schedule: Schedule) -> None:
    """Between 1 and 6 of 100 are upcoming, and some of these have no full date."""
    upcoming = schedule.status == UPCOMING
    assert 0.01 < upcoming.mean() < 0.06
    assert 0.2 < (schedule.known[upcoming] != KNOWN_DAY).mean() < 0.8
    assert schedule.start.min() >= OLDEST_DAY


def test_lengths_fit_the_format(schedule: Schedule) -> None:
    """A film has one to three episodes of an hour or more, a series at least ten, a clip is short."""
    film, series, clip = (schedule.format == kind for kind in (FILM, TV, CLIP))
    assert schedule.episodes[film].max() <= 3
    assert schedule.minutes[film].min() > 60
    assert schedule.episodes[series].min() >= 10
    assert schedule.minutes[clip].max() < 10
    assert schedule.episodes.min() == 1


def test_series_begin_with_the_season(schedule: Schedule) -> None:
    """Nine of ten series start in January, April, July or October."""
    starts = schedule.start[schedule.format == TV].astype("datetime64[D]").astype("datetime64[M]").astype(int)
    assert (starts % 3 == 0).mean() > 0.9
