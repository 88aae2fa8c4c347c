"""Human decisions and their consequences: the newest holds, the others are named, nothing stops."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.overrides import CONTRADICTED, EXPIRED, IMPOSSIBLE, IN_FORCE, STALE, Override, decide, in_force

A, A2, B, C = ("a", "1"), ("a", "2"), ("b", "1"), ("c", "1")
ALL = frozenset((A, A2, B, C))
FIRST, LATER = date(2026, 1, 1), date(2026, 2, 1)


def same(one, two, **facts):
    """A decision that two records are one."""
    return Override(one, two, True, **facts)


def different(one, two, **facts):
    """A decision that two records are not."""
    return Override(one, two, False, **facts)


def statuses(decisions):
    """What became of each decision, in their order."""
    return [one.status for one in decisions.status]


def test_sameness_reaches_through_others():
    """What is the same as the same is the same, and what differs from one differs from all."""
    decisions = decide([same(A, B), same(B, C), different(A2, B)], ALL)
    assert decisions.together == ((A, B, C),)
    assert decisions.apart == {(A, A2), (A2, B), (A2, C)}
    assert statuses(decisions) == [IN_FORCE] * 3


def test_sameness_reaches_through_a_record_that_is_not_at_hand():
    """On a day on which a source is missing, what it links stays one."""
    decisions = decide([same(A, B), same(B, C)], ALL - {B})
    assert decisions.together == ((A, C),)
    assert statuses(decisions) == [STALE, STALE]
    assert [one.at_fault for one in decisions.status] == [(B,), (B,)]


def test_a_decision_holds_until_its_day():
    """The last day is included; without a day all decisions hold."""
    until = same(A, B, until=date(2026, 3, 1))
    assert in_force([until], date(2026, 3, 1)) == [until]
    assert in_force([until], date(2026, 3, 2)) == []
    assert in_force([until], None) == [until]
    after = decide([until], ALL, on=date(2026, 3, 2))
    assert (statuses(after), after.together) == ([EXPIRED], ())


def test_decisions_on_absent_records_are_stale_and_change_nothing():
    """They are handed back, to be reported."""
    stale = same(A, ("z", "9"))
    decisions = decide([stale], ALL)
    assert decisions.stale == (stale,)
    assert not decisions.together


@pytest.mark.parametrize("order", [0, 1])
def test_the_newer_of_two_contradicting_decisions_holds(order):
    """By the day on which they were made, wherever they stand; the older one is set aside, and the newer named."""
    older, newer = same(A, B, decided_on=FIRST), different(B, A, decided_on=LATER)
    lines = [older, newer][:: 1 - 2 * order]
    decisions = decide(lines, ALL)
    assert (decisions.together, decisions.apart) == ((), {(A, B)})
    assert {one.override: (one.status, one.opponent) for one in decisions.status} == {
        newer: (IN_FORCE, None),
        older: (CONTRADICTED, newer),
    }


def test_of_one_day_the_later_line_holds_and_without_a_day_a_line_is_older():
    """Lines are read from top to bottom."""
    lines = [different(A, B, order=0), same(A, B, order=1)]
    assert decide(lines, ALL).together == ((A, B),)
    lines = [different(A, B, order=0, decided_on=FIRST), same(A, B, order=1)]
    assert decide(lines, ALL).apart == {(A, B)}


def test_a_decision_whose_time_has_run_out_sets_nothing_aside():
    """The older one is in force again."""
    lines = [same(A, B, decided_on=FIRST), different(A, B, decided_on=LATER, until=LATER)]
    decisions = decide(lines, ALL, on=LATER + timedelta(days=1))
    assert statuses(decisions) == [IN_FORCE, EXPIRED]
    assert decisions.together == ((A, B),)


def test_a_contradiction_through_others_names_a_decision_on_the_way():
    """A and C are one by two newer decisions; who says they differ learns of the first of them."""
    links = [same(A, B, order=1), same(B, C, order=2)]
    decisions = decide([different(A, C), *links], ALL)
    assert decisions.together == ((A, B, C),)
    assert decisions.status[0].status == CONTRADICTED
    assert decisions.status[0].opponent == links[0]
    other_way = decide([same(B, C), same(A, B, order=1), different(A, C, order=2)], ALL)
    assert statuses(other_way) == [CONTRADICTED, IN_FORCE, IN_FORCE]
    assert other_way.apart == {(A, C), (B, C)}


def test_two_records_of_one_source_never_share_an_anime():
    """Directly or through others; the records at fault are named, and the newer decision where there is one."""
    direct = decide([same(A, A2)], ALL)
    assert (statuses(direct), direct.status[0].at_fault) == ([IMPOSSIBLE], (A, A2))
    through = decide([same(A, B, order=0), same(A2, B, order=1)], ALL)
    assert statuses(through) == [IMPOSSIBLE, IN_FORCE]
    assert through.status[0].opponent == through.status[1].override
    assert through.together == ((A2, B),)


def test_nothing_differs_from_itself():
    """Such a decision is set aside."""
    assert statuses(decide([different(A, A)], ALL)) == [IMPOSSIBLE]


NAMES = [(source, number) for source in "abc" for number in "12"]
lines_of = st.lists(
    st.builds(
        Override,
        left=st.sampled_from(NAMES),
        right=st.sampled_from(NAMES),
        same=st.booleans(),
        decided_on=st.none() | st.sampled_from([FIRST, LATER]),
        until=st.none() | st.sampled_from([FIRST, LATER]),
    ),
    max_size=12,
).map(lambda lines: [replace(line, order=number) for number, line in enumerate(lines)])


@settings(derandomize=True, max_examples=300)
@given(lines_of, st.sets(st.sampled_from(NAMES)), st.randoms())
def test_any_decisions_have_consequences_that_hold_together(lines, known, random):
    """In whatever order they come: groups of distinct sources, nothing in a group apart, what is set aside said why."""
    decisions = decide(lines, frozenset(known), on=LATER)
    shuffled = random.sample(lines, len(lines))
    again = decide(shuffled, frozenset(known), on=LATER)
    assert (again.together, again.apart, again.decided) == (decisions.together, decisions.apart, decisions.decided)
    assert set(again.status) == set(decisions.status)
    for group in decisions.together:
        assert len({source for source, _ in group}) == len(group)
        assert not set(combinations(group, 2)) & decisions.apart
    assert {name for group in decisions.together for name in group} <= known
    for one in decisions.status:
        assert (one.status == EXPIRED) == (one.override.until == FIRST)
        if one.status == CONTRADICTED:
            assert one.opponent.age > one.override.age
    newest = max(in_force(lines, LATER), key=lambda line: line.age, default=None)
    if newest and newest.left[0] != newest.right[0]:
        assert {one.override: one.status for one in decisions.status}[newest] in (IN_FORCE, STALE)


@settings(derandomize=True, max_examples=200)
@given(lines_of)
def test_taking_away_what_is_set_aside_changes_nothing(lines):
    """Only decisions in force have consequences."""
    decisions = decide(lines, frozenset(NAMES))
    kept = [one.override for one in decisions.status if one.status == IN_FORCE]
    alone = decide(kept, frozenset(NAMES))
    assert (alone.together, alone.apart) == (decisions.together, decisions.apart)
    assert set(statuses(alone)) <= {IN_FORCE}
