"""What AniList says of changes: when one was made, and where the next refresh starts.

The one rule: what is not told, or cannot be, ends nothing and starts nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime

from adapters.anilist_pages import Row
from adapters.base import Plan
from adapters.moments import has_come, newest_of

#: Changes so many seconds before the watermark are read again: they may have been stored later than stamped.
_OVERLAP_S = 600
#: The end of the year 9999: no calendar reaches the times that milliseconds, taken for seconds, would be.
_LAST_SECOND = 253_402_300_799


def start_of(plan: Plan) -> int | None:
    """The watermark that a refresh starts from, in Unix seconds; None where everything is to be read."""
    if plan.kind != "refresh" or plan.watermark is None or not plan.watermark.isdecimal():
        return None
    watermark = int(plan.watermark)
    return watermark if has_come(_moment(watermark), plan.today) else None


def newest_change(row: Row | None, today: date) -> int:
    """The newest change as a probe gave it, in Unix seconds; 0 where it gave none."""
    told = number_in(row, "updatedAt")
    newest = newest_of([_moment(told)] if told else [], today)
    return 0 if newest is None else int(newest.timestamp())


def older_than(watermark: int) -> Callable[[Sequence[Row]], bool]:
    """Whether one of some rows, newest changes first, changed before a watermark, with ten minutes to spare.

    One that does not say when it changed shows nothing.
    """
    return lambda rows: any(0 < number_in(row, "updatedAt") < watermark - _OVERLAP_S for row in rows)


def number_in(row: Row | None, name: str) -> int:
    """A number in a row; 0 where there is none."""
    value = row.get(name) if row else None
    return value if isinstance(value, int) else 0


def _moment(seconds: int) -> datetime:
    """A time in Unix seconds."""
    return datetime.fromtimestamp(min(max(seconds, 0), _LAST_SECOND), UTC)
