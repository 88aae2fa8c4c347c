"""A time that has not come yet says nothing of what has happened."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from adapters.moments import has_come, newest_of

TODAY = date(2026, 3, 1)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (NOON, True),
        (NOON + timedelta(days=1), True),
        (NOON + timedelta(days=2), False),
        (datetime(2026, 3, 3, 9, tzinfo=timezone(timedelta(hours=10))), True),
        (datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))), True),
        (datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-14))), False),
    ],
)
def test_the_next_day_may_have_come_and_no_other(moment: datetime, expected: bool) -> None:
    """In UTC, whatever zone a time is told in, at the ends of the calendar too."""
    assert has_come(moment, TODAY) is expected


def test_the_newest_is_the_last_that_has_come() -> None:
    """Where none has, all is known up to the beginning of the day; where nothing is told, nothing."""
    to_come = datetime(2126, 1, 1, tzinfo=UTC)
    assert newest_of([NOON, to_come, NOON - timedelta(days=3)], TODAY) == NOON
    assert newest_of([to_come], TODAY) == datetime(2026, 3, 1, tzinfo=UTC)
    assert newest_of([], TODAY) is None
