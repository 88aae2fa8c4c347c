"""A listing cut into spans of rows."""

from adapters.spans import rows_of, spans


def test_spans_follow_each_other_and_the_last_has_no_end() -> None:
    """Each begins where the one before it ends."""
    named = spans(1000, 3)
    assert named == ("00000-00999", "01000-01999", "02000-end")
    assert [rows_of(one) for one in named] == [(0, 1000), (1000, 2000), (2000, None)]
    assert spans(5000, 1) == ("00000-end",)
