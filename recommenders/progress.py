"""How far a long computation is, said now and then and ever less often."""

import time
from collections.abc import Callable

FIRST_SAID_S, SAID_AGAIN = 10.0, 1.25
"""Something is said first after so long, and then each time after this share more."""


class Rhythm:
    """When the next word about something long is due."""

    def __init__(self) -> None:
        self._due_s = FIRST_SAID_S

    @property
    def has_begun(self) -> bool:
        """Whether a word was due already."""
        return self._due_s > FIRST_SAID_S

    def is_due(self, seconds: float, *, at_the_end: bool = False) -> bool:
        """Whether one is due after so many seconds; the last one only where there were others."""
        if seconds < self._due_s and not (at_the_end and self.has_begun):
            return False
        self._due_s = max(seconds + FIRST_SAID_S, seconds * SAID_AGAIN)
        return True


def time_left(rest: int, done: int, seconds: float) -> str:
    """How long the rest takes if it goes on as it has gone, behind a comma; '' below half a minute or where none knows.

    Args:
        rest: what is to be done yet.
        done: what was done in these seconds.
        seconds: since the beginning.
    """
    minutes = rest * seconds / done / 60 if done else 0.0
    return f", about {minutes:.0f} min left" if minutes >= 0.5 else ""


class Progress:
    """Says how many of how many are done, and how long the rest is likely to take.

    Args:
        what: is counted, in words that stand behind the numbers.
        say: hears it.
        clock: gives seconds.
    """

    def __init__(self, what: str, say: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._what, self._say, self._clock = what, say, clock
        self._rhythm = Rhythm()
        self._began: tuple[float, int] | None = None

    def __call__(self, done: int, of: int) -> None:
        """Take in how many are done. The first call is the start: what is done by then took no time that counts."""
        if self._began is None:
            self._began = (self._clock(), done)
        seconds, done_since = self._clock() - self._began[0], done - self._began[1]
        if self._rhythm.is_due(seconds, at_the_end=done == of):
            self._say(f"{done:,} of {of:,} {self._what}{time_left(of - done, done_since, seconds)}")
