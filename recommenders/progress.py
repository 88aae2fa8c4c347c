"""How far a long computation is, said now and then and ever less often."""

import time
from collections.abc import Callable

FIRST_SAID_S, SAID_AGAIN = 10.0, 1.25
"""Something is said first after so long, and then each time after this share more."""


class Progress:
    """Says how many of how many are done, and how long the rest is likely to take.

    Args:
        what: is counted, in words that stand behind the numbers.
        say: hears it.
        clock: gives seconds.
    """

    def __init__(self, what: str, say: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._what, self._say, self._clock = what, say, clock
        self._due_s = FIRST_SAID_S
        self._began: tuple[float, int] | None = None

    def __call__(self, done: int, of: int) -> None:
        """Take in how many are done. The first call is the start: what is done by then took no time that counts."""
        if self._began is None:
            self._began = (self._clock(), done)
        seconds, done_since = self._clock() - self._began[0], done - self._began[1]
        said_before = self._due_s > FIRST_SAID_S
        if seconds < self._due_s and not (said_before and done == of):
            return
        self._due_s = max(seconds + FIRST_SAID_S, seconds * SAID_AGAIN)
        minutes = (of - done) * seconds / max(done_since, 1) / 60
        left = f", about {minutes:.0f} min left" if minutes >= 0.5 else ""
        self._say(f"{done:,} of {of:,} {self._what}{left}")
