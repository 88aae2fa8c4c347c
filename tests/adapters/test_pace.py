"""The pace of one host, on a clock that only sleeping winds."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from adapters.http import Session
from adapters.pace import Pace
from adapters.services import SERVICES
from tests.adapters.loopback import FakeTime


def paced(per_minute: float, *, most: float | None = None) -> tuple[Pace, FakeTime]:
    """A pace and its clock."""
    time = FakeTime()
    return Pace(per_minute, most=most, clock=time.clock, sleep=time.sleep), time


def turns(pace: Pace, time: FakeTime, count: int, stated: float | None = None, latency_s: float = 0.0) -> list[float]:
    """When so many requests went out, with the limit stated in each answer."""
    sent = []
    for _ in range(count):
        pace.wait()
        sent.append(time.now)
        time.now += latency_s
        if stated is not None:
            pace.state_limit(stated)
        pace.succeed()
    return sent


def most_in_a_minute(sent: list[float]) -> int:
    """The most requests in any span of 60 seconds."""
    return max(sum(start <= moment <= start + 60 for moment in sent) for start in sent)


def test_the_given_pace_is_kept_evenly() -> None:
    """30 a minute without a stated limit: one every two seconds, and never 31 in a minute."""
    pace, time = paced(30)
    sent = turns(pace, time, 100)
    gaps = [after - before for before, after in pairwise(sent)]
    assert min(gaps) >= 2.0 - 1e-9
    assert max(gaps) <= 2.2
    assert most_in_a_minute(sent) <= 30


@given(limit=st.integers(1, 200), given_pace=st.integers(5, 60), latency_s=st.floats(0, 0.25))
def test_a_stated_limit_is_used_to_nine_tenths_and_never_exceeded(
    limit: int, given_pace: int, latency_s: float
) -> None:
    """After 20 requests at least 90 % of the limit, evenly, and never more than it in any minute."""
    pace, time = paced(given_pace)
    sent = turns(pace, time, 20 + 3 * limit, limit, latency_s)[20:]
    gaps = [after - before for before, after in pairwise(sent)]
    spanned = sent[-1] - sent[0]
    assert len(gaps) / spanned * 60 >= 0.9 * limit - 1e-6
    assert most_in_a_minute(sent) <= limit
    assert max(gaps) - min(gaps) < 0.01


@given(limits=st.lists(st.integers(1, 120), min_size=2, max_size=6))
def test_a_limit_that_changes_is_kept_at_once(limits: list[int]) -> None:
    """A limit that falls also counts what was sent before it fell."""
    pace, time = paced(20)
    sent: list[float] = []
    for limit in limits:
        first = len(sent)
        for _ in range(30):
            pace.wait()
            sent.append(time.now)
            if len(sent) > first + 1:
                recent = sum(time.now - 60 <= moment for moment in sent)
                assert recent <= limit
            pace.state_limit(limit)


def test_a_chosen_pace_caps_a_stated_limit() -> None:
    """Somebody who chose 10 gets 10 where 90 are allowed, and less where less is allowed."""
    pace, _ = paced(10, most=10)
    pace.state_limit(90)
    assert pace.per_minute == 10
    pace.state_limit(5)
    assert pace.per_minute == 5 * 0.95


def test_anilist_is_asked_every_two_seconds_at_most_however_many_it_allows() -> None:
    """Its limit on bursts is not stated, and was met by 28 requests in 12 seconds where 90 a minute were allowed."""
    time = FakeTime()
    with Session(SERVICES["anilist"], clock=time.clock, sleep=time.sleep) as asks:
        asks.pace.state_limit(90)
        assert asks.pace.interval_s == 2.0
        asks.pace.state_limit(20)
        assert asks.pace.interval_s > 3.0


def test_limits_that_nobody_means_are_not_believed() -> None:
    """A stated limit of 0, or of hundreds of digits, changes nothing."""
    pace, _ = paced(30)
    for limit in (0, float("9" * 400)):
        pace.state_limit(limit)
        assert pace.per_minute == 30


@given(waits=st.lists(st.floats(0, 300), min_size=1, max_size=12), stated=st.none() | st.integers(10, 90))
def test_no_turn_comes_during_a_wait_and_every_pace_recovers(waits: list[float], stated: int | None) -> None:
    """Whatever was complained of: no request before its wait is over, slower then, as before after 40 answers."""
    pace, time = paced(30)
    turns(pace, time, 25, stated)
    usual = pace.interval_s
    for wait in waits:
        until = time.now + wait
        pace.complain(wait)
        pace.wait()
        assert time.now >= until
    assert pace.interval_s > usual
    assert pace.interval_s <= 16 * usual
    turns(pace, time, 40, stated)
    assert pace.interval_s == usual


def test_a_shorter_wait_does_not_end_a_longer_one() -> None:
    """A pause between attempts leaves the wait that the host asked for alone."""
    pace, time = paced(600)
    pace.obey(60)
    pace.pause(1)
    assert pace.rest_s() >= 60
    begun = time.now
    pace.wait()
    assert time.now >= begun + 60


def test_requests_of_a_killed_process_count() -> None:
    """Ten requests ten seconds ago leave no room in this minute for more than two of twelve."""
    pace, time = paced(12)
    for _ in range(10):
        pace.remember(10)
    begun = time.now
    sent = [begun - 10] * 10 + turns(pace, time, 5)
    assert most_in_a_minute(sent) <= 12
