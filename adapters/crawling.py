"""Takes a crawl from its plan to its end: landed answers first, then the network, everything kept on the way.

The one rule: an answer counts once it is in the log. A crawl that was killed is given its landed answers again
and goes on with the first request that has none.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any

from adapters.base import Crawl, CrawlEnd, Plan, Source, Stream, User
from adapters.errors import LoopDetected, Misunderstood
from adapters.http import Session, user_agent
from adapters.keeping import Hide, Keeper, Line, Log, Progress
from adapters.replaying import Replay

__all__ = ["Ended", "Hide", "Line", "Log", "Progress", "crawl", "header_of", "plan_of"]


@dataclass(frozen=True)
class Ended:
    """A crawl that came to its end."""

    plan: Plan
    end: CrawlEnd
    progress: Progress


def _silent(progress: Progress) -> None:
    """Tells nobody."""


def crawl(
    session: Session,
    stream: Stream,
    plan: Plan,
    log: Log,
    *,
    hide: Hide,
    forecast: int = 0,
    on_progress: Callable[[Progress], None] = _silent,
) -> Ended:
    """Read a stream of a source to the end of the plan, or of the interrupted plan that the log holds.

    An interrupted crawl goes on at the session's address, even where it began at another one (a service may have
    moved): its first line keeps the old address, every response names its own, and the end notes the new one.

    Args:
        session: asks the source.
        stream: what is read.
        plan: what to read, unless a crawl was interrupted: then that one is ended first.
        log: where responses are kept.
        hide: what names a person, as it may be kept.
        forecast: requests that are expected.
        on_progress: told after each answer.

    Raises:
        Outage, Refused, Misunderstood, LoopDetected: the crawl stays open in the log, to be gone on with.
    """
    header = log.unfinished
    if header is None:
        header = header_of(session.source, stream, plan, session.base_url)
        log.begin(header)
        replay = Replay(None, session.pace)
    else:
        plan = plan_of(header, plan.users)
        replay = Replay(log, session.pace)
    run = _Run(session, stream, plan, log, hide, forecast, on_progress)
    end = run.to_end(replay)
    moved = {} if header["base_url"] == session.base_url else {"ended_at_address": session.base_url}
    log.seal(end_of(end, run.progress, moved))
    return Ended(plan, end, run.progress)


def header_of(source: Source, stream: Stream, plan: Plan, base_url: str) -> dict[str, Any]:
    """The first line of a crawl's log."""
    words = asdict(plan) | {"today": plan.today.isoformat()}
    del words["users"]
    return {
        "kind": "crawl",
        "source": source.name,
        "stream": stream.name,
        "base_url": base_url,
        "plan": words | {"subjects": [user.subject for user in plan.users]},
        "started_at": datetime.now(UTC).isoformat(),
        "client": user_agent(""),
    }


def end_of(end: CrawlEnd, progress: Progress, more_notes: Mapping[str, str]) -> dict[str, Any]:
    """The last line of a crawl's log."""
    counted = {"missing": progress.missing, "refused_replies": progress.refused}
    return {
        "kind": "end",
        "ended_at": datetime.now(UTC).isoformat(),
        "responses": progress.answered,
        "watermark": end.watermark,
        "gone": list(end.gone),
        "notes": {**end.notes, **counted, **more_notes},
    }


def plan_of(header: Line, users: tuple[User, ...]) -> Plan:
    """The plan that a log's first line states; users who are not among the given ones any more are left out.

    Raises:
        Misunderstood: when the line was not written by this version.
    """
    try:
        words = header["plan"]
        known = {user.subject: user for user in users}
        return Plan(
            kind=words["kind"],
            today=date.fromisoformat(words["today"]),
            watermark=words["watermark"],
            years=tuple(words["years"]) if words["years"] else None,
            ids=tuple(words["ids"]),
            known=tuple(words["known"]),
            users=tuple(known[subject] for subject in words["subjects"] if subject in known),
            partition=words.get("partition"),
        )
    except (KeyError, TypeError, ValueError) as problem:
        raise Misunderstood(f"the interrupted crawl has a plan that cannot be read ({problem!r})") from problem


class _Run:
    """One crawl on its way to its end."""

    def __init__(
        self,
        session: Session,
        stream: Stream,
        plan: Plan,
        log: Log,
        hide: Hide,
        forecast: int,
        on_progress: Callable[[Progress], None],
    ) -> None:
        self._session, self._stream, self._plan, self._log = session, stream, plan, log
        self._hide, self._on_progress = hide, on_progress
        self.progress = Progress(forecast)
        self._started = time.monotonic()
        self._is_recalled = False

    def to_end(self, replay: Replay) -> CrawlEnd:
        """Answer every request, from the log as far as it goes, then from the source."""
        try:
            return self._drive(self._stream.crawl(self._plan), replay)
        except (LoopDetected, Misunderstood):
            # What a landed answer leads to, it leads to in every run: that answer alone is asked for again.
            if not self._is_recalled or not replay.is_over:
                raise
        again = Replay(self._log, self._session.pace, without_last=True)
        self.progress = Progress(self.progress.forecast)
        return self._drive(self._stream.crawl(self._plan), again)

    def _drive(self, running: Crawl, replay: Replay) -> CrawlEnd:
        """Answer every request of one crawl."""
        progress = self.progress
        progress.refused = replay.refused
        keeper = Keeper(self._log, self._stream, self._plan, self._hide, progress)
        try:
            request = next(running)
            while True:
                line = replay.take(request)
                self._is_recalled = line is not None
                answer = (
                    keeper.recall(request, line)
                    if line
                    else keeper.ask(self._session, request, replay.refusals(request))
                )
                keeper.count(answer)
                progress.seconds = time.monotonic() - self._started
                self._on_progress(progress)
                request = running.send(answer)
        except StopIteration as stopped:
            return stopped.value  # type: ignore[no-any-return]  # what a Crawl returns
        finally:
            running.close()
