"""What people are told while a service is waited for and asked: now and then, and ever less often."""

from __future__ import annotations

from collections.abc import Callable

from adapters.crawling import Progress
from recommenders.progress import Rhythm, time_left

Say = Callable[[str], None]


def counted(number: int, one: str) -> str:
    """A number with its noun: `1 request`, `1,234 requests`."""
    return f"{number:,} {one}{'' if number == 1 else 's'}"


class Waiting:
    """Says who is waited for: at once, and then ever less often."""

    def __init__(self, say: Say) -> None:
        self._say, self._due_s = say, 0.0

    def __call__(self, seconds: float, holder: str) -> None:
        """Take in that the waiting has taken so long, and who is asking."""
        if seconds >= self._due_s:
            self._due_s = seconds * 2
            self._say(f"waiting for its turn at the service, {seconds:.0f} s so far: {holder} asks it")


class Teller:
    """Says now and then how far a crawl is, and how long the rest is likely to take."""

    def __init__(self, what: str, say: Say) -> None:
        self.what, self.say = what, say
        self._rhythm = Rhythm()

    def __call__(self, progress: Progress) -> None:
        """Take in the progress after one answer."""
        if not self._rhythm.is_due(progress.seconds):
            return
        rest = max(0, progress.forecast - progress.answered)
        done, records = counted(progress.answered, "request"), counted(progress.records, "record")
        if progress.forecast >= progress.answered:
            done = f"{progress.answered:,} of about {counted(progress.forecast, 'request')}"
        left = time_left(rest, progress.answered - progress.replayed, progress.seconds)
        self.say(f"{self.what}: {done}, {records}{left}")
