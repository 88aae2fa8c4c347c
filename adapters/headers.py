"""What the headers of a reply say: how long to wait, and which of them are worth keeping.

The one rule: what cannot be read is as if it were not there.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from adapters.base import Reply


def stated_wait(reply: Reply | None) -> float | None:
    """Seconds that a reply's Retry-After asks for; None where it says nothing readable."""
    if reply is None:
        return None
    return wait_in(reply.headers, datetime.now(UTC))


def wait_in(headers: Mapping[str, str], received_at: datetime) -> float | None:
    """Seconds that a Retry-After asks for, counted from when it came; None where it says nothing readable.

    A date is read by the clock of the source where the reply has that too, so that ours may be wrong.
    Source: RFC 9110, section 10.2.3: a number of seconds or a date.

    Args:
        headers: of the reply, names in lower case.
        received_at: when it came, UTC.
    """
    words = headers.get("retry-after", "").strip()
    if words.replace(".", "", 1).isdecimal():
        return float(words)
    until, now = http_date(words), http_date(headers.get("date", ""))
    return None if until is None else max(0.0, (until - (now or received_at)).total_seconds())


def http_date(words: str) -> datetime | None:
    """A date in a header, UTC; None where it is none. One of no zone, which `-0000` says, is UTC (RFC 5322, 3.3)."""
    try:
        moment = parsedate_to_datetime(words)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        # Not readable: the caller has another idea of when.
        return None


def header_subset(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers worth keeping with a landed response."""
    return {
        name: value
        for name, value in headers.items()
        if name in ("content-type", "date", "etag", "last-modified", "retry-after") or name.startswith("x-ratelimit")
    }
