"""What people decided and what the warehouse holds reach matching as they were meant."""

from datetime import date

import pytest

from assets.conversions import overrides
from matching.errors import OverrideError

LINE = {
    "left_source": "anilist",
    "left_source_id": "1",
    "right_source": "kitsu",
    "right_source_id": "2",
    "decision": "same",
    "reason": "the same film",
    "decided_by": "ann",
    "decided_at": "2026-01-31",
    "valid_until": "",
}


def test_a_line_of_the_seed_is_a_decision() -> None:
    """Records, verdict, reason, person and days are taken over; a blank day means for good."""
    (decision,) = overrides([LINE])
    assert decision.pair == (("anilist", "1"), ("kitsu", "2"))
    assert decision.same
    assert (decision.reason, decision.decided_by) == ("the same film", "ann")
    assert (decision.decided_on, decision.until) == (date(2026, 1, 31), None)


def test_different_is_the_other_verdict() -> None:
    """`different` keeps two records apart."""
    assert not overrides([{**LINE, "decision": "different"}])[0].same


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"decision": "match"}, "match_overrides.csv:3: decision is 'match', expected same or different"),
        ({"valid_until": "soon"}, "match_overrides.csv:3"),
    ],
)
def test_a_wrong_line_is_named(change: dict[str, str], said: str) -> None:
    """The message names file, line, value and what it may be."""
    with pytest.raises(OverrideError, match="sql/seeds") as caught:
        overrides([LINE, {**LINE, **change}])
    assert said in str(caught.value)
