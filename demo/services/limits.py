"""How much each stand-in service puts up with, and how it says that it was too much.

The one rule: a limiter only counts and refuses; it never waits. Its clock is given to it, and ``scale``
multiplies every limit and shortens every wait, so that minutes of a real service pass in a moment.
"""

from __future__ import annotations

import json
import math
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from demo.services.base import Reply

Clock = Callable[[], float]

_JSON = {"Content-Type": "application/json"}
#: What `X-RateLimit-Reset` counts from: the limiter's clock may start anywhere.
_WallClock = Callable[[], float]


@dataclass(frozen=True)
class Verdict:
    """What a limiter thinks of one request.

    Attributes:
        refusal: the reply that turns it down; None where it may pass.
        headers: what goes onto the answer of a request that passes.
    """

    refusal: Reply | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Limiter(ABC):
    """The limits of one source. Not safe to share between threads: the server asks it under a lock."""

    @abstractmethod
    def judge(self) -> Verdict:
        """Count one request that has just arrived and say whether it may pass."""


class Unlimited(Limiter):
    """IMDb's files: nobody counts."""

    def judge(self) -> Verdict:
        """Everything may pass."""
        return Verdict()


class Window:
    """So many requests in so many seconds, whatever moment the seconds start at."""

    def __init__(self, most: float, seconds: float) -> None:
        self._most = most
        self._seconds = seconds
        self._times: deque[float] = deque()

    def is_full(self, now: float) -> bool:
        """Whether a request at this moment would be one too many; if not, it is counted."""
        while self._times and self._times[0] <= now - self._seconds:
            self._times.popleft()
        if len(self._times) >= self._most:
            return True
        self._times.append(now)
        return False


class AniListLimiter(Limiter):
    """A bucket of 30 tokens that fills with 30 a minute, and a second limiter of bursts that nobody documents.

    An empty bucket closes the door for a minute; the replies meanwhile carry `Retry-After` and
    `X-RateLimit-Reset`. The 429 of the burst limiter has `Retry-After` but no `X-RateLimit-*` at all.
    """

    PER_MINUTE = 30
    BURST, BURST_S = 20, 10.0
    CLOSED_S = 60.0

    def __init__(self, scale: float = 1.0, clock: Clock = time.monotonic, wall: _WallClock = time.time) -> None:
        self.limit = max(1, round(self.PER_MINUTE * scale))
        self._per_second = self.PER_MINUTE * scale / 60
        self._closed_s = self.CLOSED_S / scale
        self._burst = Window(self.BURST, self.BURST_S / scale)
        self._clock, self._wall = clock, wall
        self._tokens, self._counted_at = float(self.limit), clock()
        self._closed_until = float("-inf")
        self._closed_by_burst = False

    def judge(self) -> Verdict:
        """Take one token, or say how long the door stays closed."""
        now = self._clock()
        if now < self._closed_until:
            return Verdict(self._refusal(now))
        self._tokens = min(self.limit, self._tokens + (now - self._counted_at) * self._per_second)
        self._counted_at = now
        self._closed_by_burst = self._burst.is_full(now)
        if self._closed_by_burst or self._tokens < 1:
            self._closed_until = now + self._closed_s
            return Verdict(self._refusal(now))
        self._tokens -= 1
        return Verdict(headers={**self._stated(), "X-RateLimit-Remaining": str(int(self._tokens))})

    def _stated(self) -> dict[str, str]:
        return {"X-RateLimit-Limit": str(self.limit)}

    def _refusal(self, now: float) -> Reply:
        rest = self._closed_until - now
        headers = {**_JSON, "Retry-After": str(whole_seconds(rest))}
        if not self._closed_by_burst:
            reset = math.ceil(self._wall() + rest)
            headers |= {**self._stated(), "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(reset)}
        return Reply(429, ANILIST_THROTTLED, headers)


class KitsuLimiter(Limiter):
    """More than two requests in one second get a 429 that does not say when to come back."""

    PER_SECOND = 2

    def __init__(self, scale: float = 1.0, clock: Clock = time.monotonic) -> None:
        self._window = Window(max(1.0, self.PER_SECOND * scale), 1.0)
        self._clock = clock

    def judge(self) -> Verdict:
        """Count it, unless the second is full."""
        return Verdict(kitsu_throttled() if self._window.is_full(self._clock()) else None)


class MyAnimeListLimiter(Limiter):
    """Twenty requests in ten seconds look like an attack: two minutes of 403 with an empty message."""

    MOST, SECONDS = 20, 10.0
    CLOSED_S = 120.0

    def __init__(self, scale: float = 1.0, clock: Clock = time.monotonic) -> None:
        self._window = Window(self.MOST, self.SECONDS / scale)
        self._closed_s = self.CLOSED_S / scale
        self._closed_until = float("-inf")
        self._clock = clock

    def judge(self) -> Verdict:
        """Count it; one too many closes the door."""
        now = self._clock()
        if now >= self._closed_until and self._window.is_full(now):
            self._closed_until = now + self._closed_s
        return Verdict(myanimelist_throttled() if now < self._closed_until else None)


class JikanLimiter(Limiter):
    """Three requests a second and sixty a minute; the 429 has its status as a string and no Retry-After."""

    PER_SECOND, PER_MINUTE = 3, 60

    def __init__(self, scale: float = 1.0, clock: Clock = time.monotonic) -> None:
        self._second = Window(max(1.0, self.PER_SECOND * scale), 1.0)
        self._minute = Window(max(1.0, self.PER_MINUTE * scale), 60.0)
        self._clock = clock

    def judge(self) -> Verdict:
        """Count it in both windows, unless one is full."""
        now = self._clock()
        return Verdict(jikan_throttled() if self._second.is_full(now) or self._minute.is_full(now) else None)


ANILIST_THROTTLED = b'{"data": null,"errors": [{"message": "Too Many Requests.","status": 429}]}'


def kitsu_throttled() -> Reply:
    """Kitsu's 429: the status is a number here, and a string everywhere else."""
    body = json.dumps({"errors": [{"status": 429, "title": "Rate Limit Exceeded"}]}).encode()
    return Reply(429, body, {"Content-Type": "application/vnd.api+json"})


def myanimelist_throttled() -> Reply:
    """MyAnimeList's 403, which says nothing."""
    return Reply(403, json.dumps({"message": "", "error": "forbidden"}).encode(), _JSON)


def jikan_throttled() -> Reply:
    """Jikan's own 429."""
    document = {
        "status": "429",
        "type": "RateLimitException",
        "message": "You are being rate-limited. Please follow Rate Limiting guidelines.",
        "error": None,
    }
    return Reply(429, json.dumps(document).encode(), _JSON)


def whole_seconds(seconds: float) -> int:
    """A wait as `Retry-After` gives it: a whole number of seconds that is not too short, at least 1."""
    return max(1, math.ceil(seconds))


def limiter_of(source: str, scale: float = 1.0, clock: Clock = time.monotonic) -> Limiter:
    """The limits of a source by name, all ``scale`` times as high as the real ones.

    Raises:
        KeyError: no such source.
    """
    if source == "imdb":
        return Unlimited()
    limiters: dict[str, Callable[[float, Clock], Limiter]] = {
        "anilist": AniListLimiter,
        "kitsu": KitsuLimiter,
        "myanimelist": MyAnimeListLimiter,
        "jikan": JikanLimiter,
    }
    return limiters[source](scale, clock)
