"""How much is too much, and what is said then."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.services.limits import AniListLimiter, KitsuLimiter, Limiter, Unlimited, Verdict, Window, limiter_of


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """What time it is."""
        return self.now

    def judge(self, limiter: Limiter, count: int, every_s: float) -> list[Verdict]:
        """What a limiter says to so many requests, one in so many seconds."""
        verdicts = []
        for _ in range(count):
            verdicts.append(limiter.judge())
            self.now += every_s
        return verdicts


def refused(verdicts: list[Verdict]) -> list[bool]:
    """Which of them were refused."""
    return [verdict.refusal is not None for verdict in verdicts]


@pytest.fixture
def clock() -> Clock:
    """A clock at 1000 seconds."""
    return Clock()


def test_anilist_takes_28_requests_a_minute_for_ever_and_says_what_is_left(clock: Clock) -> None:
    """The bucket stays nearly full; the limit stands on every reply."""
    verdicts = clock.judge(AniListLimiter(clock=clock), 200, 60 / 28)
    assert not any(refused(verdicts))
    assert {verdict.headers["X-RateLimit-Limit"] for verdict in verdicts} == {"30"}
    assert verdicts[0].headers["X-RateLimit-Remaining"] == "29"
    assert all(int(verdict.headers["X-RateLimit-Remaining"]) >= 28 for verdict in verdicts)


def test_an_empty_bucket_closes_anilist_for_a_minute(clock: Clock) -> None:
    """Retry-After and X-RateLimit-Reset say until when; then it is open again."""
    limiter = AniListLimiter(clock=clock, wall=lambda: clock.now + 1_000_000)
    verdicts = clock.judge(limiter, 60, 0.625)
    first = refused(verdicts).index(True)
    # 30 tokens, and 0.3125 more after each request: 30 - 0.6875 n is below 1 from n = 43 on
    assert first == 43
    assert all(refused(verdicts)[first:])
    closed_at = 1000.0 + first * 0.625
    refusal = verdicts[first].refusal
    assert refusal is not None
    assert (refusal.status, refusal.headers["Retry-After"]) == (429, "60")
    assert refusal.headers["X-RateLimit-Remaining"] == "0"
    assert float(refusal.headers["X-RateLimit-Reset"]) == pytest.approx(1_000_000 + closed_at + 60, abs=1)
    assert json.loads(refusal.body)["errors"][0] == {"message": "Too Many Requests.", "status": 429}
    last = verdicts[-1].refusal
    assert last is not None
    assert int(last.headers["Retry-After"]) == 50  # 16 further requests: 10 seconds later
    clock.now = closed_at + 60
    assert limiter.judge().refusal is None


def test_a_burst_is_refused_while_tokens_are_left_and_without_rate_headers(clock: Clock) -> None:
    """Twenty in ten seconds may pass, the next one closes the door."""
    verdicts = clock.judge(AniListLimiter(clock=clock), 22, 0.1)
    assert refused(verdicts) == [False] * 20 + [True, True]
    assert int(verdicts[19].headers["X-RateLimit-Remaining"]) >= 10
    for verdict in verdicts[20:]:
        assert verdict.refusal is not None
        assert verdict.refusal.headers["Retry-After"] in ("60", "59")
        assert not [name for name in verdict.refusal.headers if name.startswith("X-RateLimit")]


def test_kitsu_takes_two_requests_a_second_and_does_not_say_when_to_come_back(clock: Clock) -> None:
    """Its status is a number here; the next second is free again."""
    limiter = KitsuLimiter(clock=clock)
    verdicts = clock.judge(limiter, 3, 0.1)
    assert refused(verdicts) == [False, False, True]
    refusal = verdicts[2].refusal
    assert refusal is not None
    assert json.loads(refusal.body) == {"errors": [{"status": 429, "title": "Rate Limit Exceeded"}]}
    assert "Retry-After" not in refusal.headers
    clock.now += 1
    assert limiter.judge().refusal is None


def test_myanimelist_answers_a_flood_with_an_empty_403_for_two_minutes(clock: Clock) -> None:
    """One request a second is no flood."""
    limiter = limiter_of("myanimelist", 1.0, clock)
    assert not any(refused(clock.judge(limiter, 120, 1.0)))
    clock.now += 60
    verdicts = clock.judge(limiter, 21, 0.1)
    assert refused(verdicts) == [False] * 20 + [True]
    refusal = verdicts[20].refusal
    assert refusal is not None
    assert (refusal.status, json.loads(refusal.body)) == (403, {"message": "", "error": "forbidden"})
    clock.now += 119
    assert limiter.judge().refusal is not None
    clock.now += 1.1
    assert limiter.judge().refusal is None


def test_jikan_counts_seconds_and_minutes(clock: Clock) -> None:
    """Three in a second, sixty in a minute; the status in the body is a text."""
    limiter = limiter_of("jikan", 1.0, clock)
    assert refused(clock.judge(limiter, 4, 0.01)) == [False, False, False, True]
    clock.now += 60
    verdicts = clock.judge(limiter, 62, 0.5)
    assert refused(verdicts) == [False] * 60 + [True, True]
    refusal = verdicts[60].refusal
    assert refusal is not None
    assert refusal.status == 429
    assert json.loads(refusal.body)["status"] == "429"
    assert "Retry-After" not in refusal.headers


def test_nobody_counts_imdb(clock: Clock) -> None:
    """It is files behind a cache."""
    assert isinstance(limiter_of("imdb"), Unlimited)
    assert not any(refused(clock.judge(limiter_of("imdb"), 1000, 0)))


def test_a_scale_of_sixty_makes_a_second_of_a_minute() -> None:
    """Sixty times as many may pass, a closed door is closed for a sixtieth, and AniList states what holds."""
    clock = Clock()
    anilist = limiter_of("anilist", 60.0, clock)
    verdicts = clock.judge(anilist, 1000, 1 / 28)  # 28 a second
    assert not any(refused(verdicts))
    assert {verdict.headers["X-RateLimit-Limit"] for verdict in verdicts} == {"1800"}
    burst = clock.judge(anilist, 21, 0.001)
    assert refused(burst)[20:] == [True]
    assert burst[20].refusal is not None
    assert burst[20].refusal.headers["Retry-After"] == "1"
    clock.now += 1.0
    assert anilist.judge().refusal is None
    assert refused(clock.judge(limiter_of("kitsu", 60.0, clock), 121, 0)) == [False] * 120 + [True]
    assert refused(clock.judge(limiter_of("jikan", 60.0, clock), 181, 0)) == [False] * 180 + [True]
    myanimelist = limiter_of("myanimelist", 60.0, clock)
    assert refused(clock.judge(myanimelist, 21, 0.001)) == [False] * 20 + [True]
    clock.now += 2.0
    assert myanimelist.judge().refusal is None


def test_an_unknown_source_has_no_limits_to_give() -> None:
    """A KeyError names it."""
    with pytest.raises(KeyError, match="crunchyroll"):
        limiter_of("crunchyroll")


@given(
    steps=st.lists(st.floats(0, 3), max_size=60),
    most=st.integers(1, 5),
    seconds=st.floats(0.5, 5),
)
def test_no_window_ever_holds_more_than_it_may(steps: list[float], most: int, seconds: float) -> None:
    """Wherever it starts; and a request is only refused where it would be one too many."""
    window, now, passed = Window(most, seconds), 0.0, []
    for step in steps:
        now += step
        recent = [moment for moment in passed if moment > now - seconds]
        is_full = window.is_full(now)
        assert is_full is (len(recent) >= most)
        if not is_full:
            passed.append(now)
