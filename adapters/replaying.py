"""Gives an interrupted crawl its landed answers again.

The one rule: what the log tells decides alone, so that the crawl comes to the place where it was stopped.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from adapters.base import Request
from adapters.headers import wait_in
from adapters.keeping import Line, Log
from adapters.pace import Pace

#: Requests of a killed process that are older than this do not matter to the pace any more.
_REMEMBERED_S = 60.0
#: Nor is a longer rest believed once the process that was told of it has ended: no service means years, and the
#: interrupted crawl could never be gone on with.
_LONGEST_REST_S = 86_400.0


class Replay:
    """The answers that an interrupted crawl was given, in order; where a page was answered twice, the last counts.

    Attributes:
        refused: replies in the log that were not used.
    """

    def __init__(self, log: Log | None, pace: Pace, *, without_last: bool = False) -> None:
        """The answers in a log.

        Args:
            log: of the crawl; None = there are none.
            pace: told about requests of the last minute and waits that the source has asked for.
            without_last: leave the last answer out, to have it asked for again; the pace was told before then.
        """
        self.refused = 0
        self._place = -1
        self._last: dict[tuple[str, str | None], int] = {}
        self._refusals: dict[tuple[str, str | None], list[str]] = {}
        for number, line in enumerate(log.responses() if log else ()):
            if not without_last:
                remind(pace, line)
            if _is_answer(line):
                self._last[_name(line)] = number
                self._refusals.pop(_name(line), None)
            elif not line["accepted"]:
                self.refused += 1
                self._refusals.setdefault(_name(line), []).append(line["note"])
        if without_last and self._last:
            del self._last[max(self._last, key=self._last.__getitem__)]
        self._lines = enumerate(log.responses() if log else ())

    @property
    def is_over(self) -> bool:
        """Whether no landed answer is left."""
        return all(number <= self._place for number in self._last.values())

    def refusals(self, request: Request) -> Sequence[str]:
        """The notes of replies to a request that were not used, since it was answered last."""
        return self._refusals.get((request.key, request.subject), ())

    def take(self, request: Request) -> Line | None:
        """The landed answer to a request; None where there is none, or the crawl has gone past it."""
        wanted = self._last.get((request.key, request.subject), -1)
        if wanted <= self._place:
            return None
        found = next((line for number, line in self._lines if number == wanted), None)
        self._place = wanted
        return found


def _is_answer(line: Line) -> bool:
    """Whether a line holds the answer that is used."""
    return bool(line["accepted"]) and not line["lookup"]


def _name(line: Line) -> tuple[str, str | None]:
    """What a line answers: the page, and about whom."""
    return line["key"], line["subject"]


def remind(pace: Pace, line: Line) -> None:
    """Let the pace know of a request that another process has made, and of what the source said to it."""
    received_at = datetime.fromisoformat(line["fetched_at"])
    ago = (datetime.now(UTC) - received_at).total_seconds()
    asked_for = wait_in(line["headers"], received_at)
    if asked_for is not None and (line["status"] or 0) >= 400:
        rest = min(asked_for, _LONGEST_REST_S) - max(0.0, ago)
        if rest > 0:
            pace.obey(rest)
    if 0 <= ago < _REMEMBERED_S:
        pace.remember(ago)
