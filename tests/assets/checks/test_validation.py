"""Great Expectations is asked once, answers by row, and never hides its own failures."""

import subprocess
import sys

import pandas as pd
import pytest

from assets.checks.errors import ExpectationError
from assets.checks.expectations import Expectation, between, matching, one_of, stated, typed
from assets.checks.validation import batch_definition, validate

FRAME = pd.DataFrame(
    {
        "rating": [1.0, 11.0, None, 10.0, 0.5],
        "status": ["watching", "seen", None, "planned", "watching"],
        "source_id": ["1", "01", "7", "x", "12"],
    }
)


@pytest.mark.parametrize(
    ("expectation", "positions"),
    [
        (between(1, 10, "rating"), (1, 4)),
        (between(None, 10, "rating"), (1,)),
        (one_of("status", ["watching", "planned"]), (1,)),
        (matching("^[1-9][0-9]*$", "source_id"), (1, 3)),
        (stated("status"), (2,)),
        (stated("source_id"), ()),
        (typed("float64", "rating"), ()),
    ],
)
def test_a_verdict_names_the_rows_that_break_the_expectation(
    expectation: tuple[Expectation, ...], positions: tuple[int, ...]
) -> None:
    """Breaking rows come by position; a missing value breaks nothing but `stated`."""
    (verdict,) = validate(FRAME, expectation)
    assert verdict.positions == positions
    assert verdict.holds == (not positions)


def test_an_expectation_about_the_whole_column_says_what_was_found() -> None:
    """A column of another type breaks the expectation without a single row being to blame."""
    (verdict,) = validate(FRAME, typed("int64", "rating"))
    assert not verdict.holds
    assert (verdict.positions, verdict.observed) == ((), "float64")


def test_verdicts_come_in_the_order_of_the_expectations() -> None:
    """One validation answers many expectations, each in its place."""
    expectations = [*between(1, 10, "rating"), *stated("source_id"), *one_of("status", ["watching"])]
    assert [one.holds for one in validate(FRAME, expectations)] == [False, True, False]


def test_an_empty_frame_meets_every_expectation() -> None:
    """Nothing fails by emptiness alone."""
    expectations = [
        *between(1, 10, "rating"),
        *stated("rating"),
        *one_of("status", ["a"]),
        *matching("x", "source_id"),
    ]
    assert all(one.holds for one in validate(FRAME[:0], expectations))


def test_nothing_expected_is_nothing_found() -> None:
    """Without expectations there is no validation."""
    assert validate(FRAME, []) == []


@pytest.mark.parametrize(
    "broken",
    [
        between(1, 10, "no_such_column"),
        between(1, 10, "status"),
        (Expectation("ExpectColumnValuesToBeLovely", "status"),),
        (Expectation("ExpectColumnValuesToBeInSet", "status", {"no_such_argument": 1}),),
    ],
    ids=["column", "comparison", "class", "argument"],
)
def test_a_failure_of_great_expectations_itself_is_an_error_and_no_verdict(
    broken: tuple[Expectation, ...],
) -> None:
    """What cannot be evaluated raises, and says which expectation it was."""
    with pytest.raises(ExpectationError, match=broken[0].column):
        validate(FRAME, [*stated("source_id"), *broken])


def test_the_context_is_made_once_and_tells_nobody(capfd: pytest.CaptureFixture[str]) -> None:
    """One context per process, without analytics and without progress bars on the terminal."""
    validate(FRAME, stated("rating"))
    asset = batch_definition().data_asset
    context = asset.datasource.data_context
    assert batch_definition() is batch_definition()
    assert context.config.analytics_enabled is False
    assert context.progress_bars["globally"] is False
    assert capfd.readouterr() == ("", "")


def test_great_expectations_is_not_imported_before_it_is_needed() -> None:
    """Looking at the definitions does not cost the seconds that Great Expectations takes to load."""
    code = "import assets.checks, sys; sys.exit('great_expectations' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
