"""How fast one host may be asked: evenly, never faster than it states, slower after it complained.

The one rule: every request, the repeated ones too, waits for its turn here; so no burst and no request during
a wait that the host asked for can happen anywhere else.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from math import ceil, isfinite

#: Of a stated limit this share is used, so that clocks and the host's own counting may differ a little.
_SHARE_OF_STATED = 0.95
#: Each complaint multiplies the time between requests by this; where a limit is stated we were right about it.
_SLOWER, _SLOWER_STATED = 2.0, 1.25
_SLOWEST = 16.0
#: Each good answer takes this share of the slowness away: after a complaint, five bring the usual pace back.
_RECOVERY = 0.85
#: Added to a wait that a host asks for: its clock and ours need not agree to the millisecond.
_MARGIN_S = 0.1
_MINUTE_S = 60.0


def pace_of(
    address: str, per_minute: float, most: float | None, clock: Callable[[], float], sleep: Callable[[float], None]
) -> Pace:
    """The pace at an address: one for the whole process, so that a second session goes on at that of the first.

    A clock that is not the real one has paces of its own. Arguments are those of `Pace`.
    """
    if clock is not time.monotonic or sleep is not time.sleep:
        return Pace(per_minute, most=most, clock=clock, sleep=sleep)
    name = (address, per_minute, most)
    if name not in _PACES:
        _PACES[name] = Pace(per_minute, most=most)
    return _PACES[name]


class Pace:
    """The turns of one host.

    Attributes:
        per_minute: requests a minute that are aimed at, slowness aside.
    """

    def __init__(
        self,
        per_minute: float,
        *,
        most: float | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """A pace to start with.

        Args:
            per_minute: requests a minute.
            most: requests a minute that are never exceeded, whatever limit the host states; None = what it states.
            clock: seconds that only go forward.
            sleep: waits so many seconds.
        """
        self.per_minute = per_minute
        self._most = most
        self._is_stated = False
        self._most_in_a_minute = ceil(per_minute)
        self._slowness = 1.0
        self._next_turn = float("-inf")
        self._paused_until = float("-inf")
        #: When the turns of the last minute were, oldest first.
        self._turns: deque[float] = deque()
        self._clock, self._sleep = clock, sleep

    @property
    def interval_s(self) -> float:
        """Seconds between two requests as things stand."""
        return _MINUTE_S / self.per_minute * self._slowness

    def pending_s(self) -> float:
        """Seconds until the next turn; 0 when it is now."""
        return max(0.0, max(self._next_turn, self._paused_until, self._minute_is_free_at()) - self._clock())

    def rest_s(self) -> float:
        """Seconds for which the host is left alone altogether; 0 when it is not."""
        return max(0.0, self._paused_until - self._clock())

    def wait(self) -> None:
        """Come back when it is this request's turn."""
        while (rest := self.pending_s()) > 0:
            self._sleep(rest)
        self._note_turn(self._clock())

    def remember(self, seconds_ago: float) -> None:
        """A request went out so long ago, before this pace was there: the process was another one, say."""
        self._note_turn(self._clock() - max(0.0, seconds_ago))

    def state_limit(self, per_minute: float) -> None:
        """The host says how many requests a minute it takes; the turn that is waited for is set anew.

        A limit below one a minute, or one that no number holds, which no host means, is not believed.
        """
        if per_minute < 1 or not isfinite(per_minute):
            return
        before = self.interval_s
        wanted = per_minute * _SHARE_OF_STATED
        self.per_minute = wanted if self._most is None else min(self._most, wanted)
        self._most_in_a_minute = int(per_minute)
        self._is_stated = True
        self._next_turn += self.interval_s - before

    def pause(self, seconds: float) -> None:
        """No request for so many seconds from now."""
        self._paused_until = max(self._paused_until, self._clock() + seconds)

    def obey(self, seconds: float) -> None:
        """The host wants no request for so many seconds."""
        self.pause(seconds + _MARGIN_S)

    def complain(self, seconds: float) -> None:
        """The host wants no request for so many seconds, and fewer after that."""
        self.obey(seconds)
        before = self.interval_s
        self._slowness = min(_SLOWEST, self._slowness * (_SLOWER_STATED if self._is_stated else _SLOWER))
        self._next_turn += self.interval_s - before

    def succeed(self) -> None:
        """A good answer came: back to the usual pace, step by step."""
        self._slowness = max(1.0, self._slowness * _RECOVERY)

    def _note_turn(self, moment: float) -> None:
        """Count a turn, and set the next."""
        while self._turns and self._turns[0] <= moment - _MINUTE_S - _MARGIN_S:
            self._turns.popleft()
        self._turns.append(moment)
        self._next_turn = max(self._next_turn, moment + self.interval_s)

    def _minute_is_free_at(self) -> float:
        """When one more turn makes no minute too full, however the limit has changed in between."""
        if len(self._turns) < self._most_in_a_minute:
            return float("-inf")
        return self._turns[-self._most_in_a_minute] + _MINUTE_S + _MARGIN_S


#: The paces of this process, by address, rate and the most of it.
_PACES: dict[tuple[str, float, float | None], Pace] = {}
