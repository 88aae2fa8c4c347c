"""What the next crawl of a stream is to read, from what earlier crawls have read.

The one rule: spend where something may have changed. A source with update times is asked for what changed
since; of the others, titles are looked at as often as they are due, and a full crawl, the only way to miss
what has gone, comes round once a quarter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from adapters.base import KnownTitle, Plan, User

__all__ = ["KnownTitle", "PastCrawl", "needs_full", "newest_watermark", "plan_catalogue", "plan_lists", "plan_reviews"]

#: Everything is read again after so long.
FULL_EVERY = timedelta(days=90)
#: A user's list is read again after so long.
LISTS_EVERY = timedelta(days=1)
#: Ids asked for one by one in one crawl: the rest has its turn in the next.
MOST_IDS = {"full": 2000, "refresh": 300}
#: Sources where only asking by id shows what lists and update times do not.
BY_ID = frozenset(("myanimelist", "jikan"))


@dataclass(frozen=True)
class PastCrawl:
    """A crawl that came to its end: what kind, when it began, and where the next one may start."""

    kind: str
    started_at: datetime
    watermark: str | None


def plan_catalogue(
    source: str,
    now: datetime,
    past: Sequence[PastCrawl],
    known: Sequence[KnownTitle],
    claimed: Iterable[str] = (),
) -> Plan:
    """The next crawl of a catalogue.

    Args:
        source: whose.
        now: the time of the crawl, UTC.
        past: the complete crawls of the stream, in any order.
        known: the records we have, those first whose turn it is.
        claimed: ids that other sources name and we have no record of, the longest unasked first.
    """
    kind = "full" if needs_full(now, past) else "refresh"
    due = [one.source_id for one in known if one.is_due] if kind == "refresh" and source in BY_ID else []
    wanted = list(dict.fromkeys([*claimed, *due])) if source in BY_ID else []
    return Plan(
        kind="full" if kind == "full" else "refresh",
        today=now.date(),
        watermark=newest_watermark(past),
        ids=tuple(wanted[: MOST_IDS[kind]]),
        known=tuple(one.source_id for one in known) if kind == "full" else (),
    )


def plan_reviews(now: datetime, past: Sequence[PastCrawl]) -> Plan:
    """The next crawl of reviews: all of them once, then what was written since."""
    watermark = newest_watermark(past)
    return Plan(kind="full" if watermark is None else "refresh", today=now.date(), watermark=watermark)


def plan_lists(now: datetime, users: Sequence[User], last_read: Mapping[str, datetime]) -> Plan | None:
    """The next crawl of users' lists; None when none of them is due.

    Args:
        now: the time of the crawl, UTC.
        users: those whose lists are wanted.
        last_read: when each list was read last, by subject.
    """
    due = tuple(user for user in users if user.subject not in last_read or now - last_read[user.subject] >= LISTS_EVERY)
    return Plan(kind="users", today=now.date(), users=due) if due else None


def needs_full(now: datetime, past: Sequence[PastCrawl]) -> bool:
    """Whether no full crawl came to its end within the quarter."""
    return not any(one.kind == "full" and now - one.started_at < FULL_EVERY for one in past)


def newest_watermark(past: Sequence[PastCrawl]) -> str | None:
    """Where the last crawl that moved it left the watermark; None where none did."""
    moved = [one for one in past if one.watermark is not None and one.kind in ("full", "refresh")]
    return max(moved, key=lambda one: one.started_at).watermark if moved else None
