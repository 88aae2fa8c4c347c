"""Times that a source states of its changes, held against the day of the crawl.

The one rule: a time that has not come yet is a wrong one. Where the next crawl starts from it, everything that
changes until then is never read.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

#: What lies after the day of the crawl and the one after it has not come yet in any zone, nor by any sane clock.
_NOT_YET = timedelta(days=2)


def has_come(moment: datetime, today: date) -> bool:
    """Whether something can have happened by the day of a crawl; clocks and zones are allowed a day."""
    return moment < _beginning(today + _NOT_YET)


def newest_of(moments: Iterable[datetime], today: date) -> datetime | None:
    """The last of the times that have come; where none has, the beginning of the day, before which all was read.

    None where there are no times at all.
    """
    stated = list(moments)
    return max((moment for moment in stated if has_come(moment, today)), default=_beginning(today) if stated else None)


def _beginning(day: date) -> datetime:
    """Midnight, UTC."""
    return datetime.combine(day, time(), UTC)
