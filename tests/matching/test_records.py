"""What a record says about itself."""

from datetime import date

import pytest

from matching.errors import RecordError
from matching.records import canonical_order, coarse_sources, start_interval
from tests.matching.worlds import record


@pytest.mark.parametrize(
    ("facts", "low", "high"),
    [
        ({"start_date_precision": "day"}, date(2014, 1, 6), date(2014, 1, 6)),
        ({"start_date_precision": "month"}, date(2014, 1, 1), date(2014, 1, 31)),
        ({"start_date_precision": "season"}, date(2014, 1, 1), date(2014, 3, 31)),
        ({"start_date_precision": "year"}, date(2014, 1, 1), date(2014, 12, 31)),
        ({"start_date": None}, date(2014, 1, 1), date(2014, 12, 31)),
        ({"start_date": None, "season": "FALL"}, date(2014, 10, 1), date(2014, 12, 31)),
    ],
)
def test_a_start_is_an_interval_as_wide_as_its_precision(facts, low, high):
    """A day is itself, a season three months, a year twelve."""
    assert start_interval(record(**facts)) == (low.toordinal(), high.toordinal())


def test_a_record_that_does_not_say_when_it_began_has_no_interval():
    """Unknown is None, never a guess."""
    assert start_interval(record(start_date=None, start_year=None)) is None


def test_a_source_whose_days_are_all_quarter_days_is_exact_to_the_season_only():
    """Twenty first-of-Januaries are a habit of the source; a few are real days."""
    quarter = [record("kitsu", str(n), start_date=date(2000 + n, 1, 1)) for n in range(20)]
    exact = [record("anilist", str(n), start_date=date(2000 + n, 1, 1 + n)) for n in range(20)]
    assert coarse_sources(quarter + exact) == {"kitsu"}
    assert coarse_sources(quarter[:5]) == frozenset()


def test_the_same_record_twice_is_refused():
    """One source cannot say two things about one id."""
    with pytest.raises(RecordError, match="anilist 1 was handed over twice"):
        canonical_order([record(), record()])
    with pytest.raises(RecordError, match="names no source or no id"):
        canonical_order([record("", "1")])
