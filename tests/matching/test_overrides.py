"""Human decisions and their consequences."""

from datetime import date

import pytest

from matching.errors import OverrideError
from matching.overrides import Override, decide, in_force

A, A2, B, C = ("a", "1"), ("a", "2"), ("b", "1"), ("c", "1")
ALL = frozenset((A, A2, B, C))


def same(one, two, **facts):
    """A decision that two records are one."""
    return Override(one, two, True, **facts)


def different(one, two):
    """A decision that two records are not."""
    return Override(one, two, False)


def test_sameness_reaches_through_others():
    """What is the same as the same is the same, and what differs from one differs from all."""
    decisions = decide([same(A, B), same(B, C), different(A2, B)], ALL)
    assert decisions.together == ((A, B, C),)
    assert decisions.apart == {(A, A2), (A2, B), (A2, C)}


def test_a_decision_holds_until_its_day():
    """The last day is included; without a day all decisions hold."""
    until = same(A, B, until=date(2026, 3, 1))
    assert in_force([until], date(2026, 3, 1)) == [until]
    assert in_force([until], date(2026, 3, 2)) == []
    assert in_force([until], None) == [until]


def test_decisions_on_absent_records_are_stale_and_change_nothing():
    """They are handed back, to be reported."""
    stale = same(A, ("z", "9"))
    decisions = decide([stale], ALL)
    assert decisions.stale == (stale,)
    assert not decisions.together


@pytest.mark.parametrize(
    "overrides",
    [
        [same(A, B), different(B, A)],
        [same(A, B), same(B, C), different(A, C)],
        [same(A, B), same(B, A2)],
        [different(A, A)],
    ],
)
def test_decisions_that_cannot_all_hold_are_refused(overrides):
    """Directly, through others, by two records of one source, and of a record with itself."""
    with pytest.raises(OverrideError):
        decide(overrides, ALL)
