"""Whoever wrote a decision learns what became of it and what to do."""

from datetime import date

import pytest

from matching.overrides import Override, decide
from matching.standing import Opinion, override_status

A, A2, B = ("anilist", "1"), ("anilist", "2"), ("kitsu", "1")
ALL = frozenset((A, A2, B))


def line(one, two, number=2, *, same=True, **facts):
    """A decision that stands on that line of the file."""
    return Override(one, two, same, file="match_overrides.csv", line=number, order=number, **facts)


def rows(*lines, opinions=None, known=ALL, on=None):
    """The rows of these decisions."""
    return override_status(decide(lines, known, on=on), opinions or {})


def test_a_row_repeats_the_line():
    """Every column of the file stands in it as it was meant."""
    facts = {"reason": "one film", "decided_by": "ann", "decided_on": date(2026, 1, 1), "until": date(2026, 2, 1)}
    (row,) = rows(line(A, B, same=False, **facts))
    assert (row["file"], row["line"], row["decision"], row["status"]) == (
        "match_overrides.csv",
        2,
        "different",
        "in_force",
    )
    assert (row["left_source"], row["left_source_id"], row["right_source"], row["right_source_id"]) == (*A, *B)
    assert (row["reason"], row["decided_by"]) == ("one film", "ann")
    assert (row["decided_at"], row["valid_until"]) == (date(2026, 1, 1), date(2026, 2, 1))


#: same, what matching makes of the pair, whether they agree, what the remark says
VIEWS = [
    (True, Opinion(True, 0.99, True), True, "the line may go"),
    (False, Opinion(False, 0.01, False), True, "the line may go"),
    (True, Opinion(True, 0.99, False), True, "keep the line"),
    (False, Opinion(False, 0.01, True), True, "keep the line"),
    (True, Opinion(False, 0.10, False), False, "would decide otherwise"),
    (True, Opinion(False, 0.001, False), False, "strong evidence (score 0.001"),
    (False, Opinion(True, 0.999, True), False, "strong evidence (score 0.999"),
    (True, Opinion(False, 0.5, False, ("they began years apart",)), False, "a veto (they began years apart)"),
    (True, None, None, "In force."),
]


@pytest.mark.parametrize(("same", "opinion", "agrees", "said"), VIEWS)
def test_a_line_is_held_against_what_matching_alone_would_say(same, opinion, agrees, said):
    """A line that is no longer needed is seen, and one against strong evidence or a veto."""
    (row,) = rows(line(A, B, same=same), opinions={} if opinion is None else {(A, B): opinion})
    assert row["agrees_with_matching"] is agrees
    assert said in row["remark"]


def test_a_line_that_does_nothing_says_why_and_what_to_do():
    """Run out, stale, contradicted and impossible lines name the day, the record or the other line."""
    (expired,) = rows(line(A, B, until=date(2026, 1, 1)), on=date(2026, 1, 2))
    assert expired["remark"] == "Ran out after 2026-01-01: give it another valid_until, or remove the line."
    (stale,) = rows(line(A, ("kitsu", "9")))
    assert "No catalogue at hand holds kitsu 9" in stale["remark"]
    older, newer = rows(line(A, B, 2), line(A, B, 3, same=False))
    assert (older["status"], older["contradicted_by_line"], newer["status"]) == ("contradicted", 3, "in_force")
    assert "match_overrides.csv:3 says otherwise: remove one of the two" in older["remark"]
    (twice,) = rows(line(A, A2))
    assert "anilist 1 and anilist 2 are two in their source's own eyes: correct its ids" in twice["remark"]
    through, _ = rows(line(A, B, 2), line(A2, B, 3))
    assert (through["status"], through["contradicted_by_line"]) == ("impossible", 3)
    assert "correct this line or the newer decision in match_overrides.csv:3" in through["remark"]
