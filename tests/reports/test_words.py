"""Numbers as they stand in sentences and cells."""

import pandas as pd
import pytest

from reports.facts import word
from reports.words import counted, largest, listed, percentage, share, smallest


def test_counts_agree_with_their_noun() -> None:
    """One user, two users, one anime, two anime."""
    assert (counted(1, "user"), counted(2825, "user")) == ("1 user", "2,825 users")
    assert counted(2, "anime", "anime") == "2 anime"


def test_shares_have_three_digits_and_nothing_of_nothing_is_nothing() -> None:
    """Of nothing there is no part."""
    assert (share(1, 8), share(1, 0), percentage(0.9994)) == ("12.5 %", "0 %", "99.9 %")


def test_names_are_listed_as_people_do() -> None:
    """Commas, then "and"."""
    assert [listed(list("abc"[:n])) for n in range(4)] == ["", "a", "a and b", "a, b and c"]


def test_of_equal_rows_the_first_is_taken() -> None:
    """So that sentences do not change from run to run."""
    rows = pd.DataFrame({"name": ["a", "b", "c", "d"], "size": [2, 5, 5, 2]})
    assert (largest(rows, "size")["name"], smallest(rows, "size")["name"]) == ("b", "a")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, ""),
        (float("nan"), ""),
        (pd.NaT, ""),
        (1234567, "1,234,567"),
        (43.5, "43.50"),
        (50.0, "50"),
        (pd.Timestamp("2026-03-01"), "2026-03-01"),
        (pd.Timestamp("2026-03-01 14:30"), "2026-03-01 14:30 UTC"),
        ("ease", "ease"),
    ],
)
def test_a_cell_shows_what_is_known(value: object, shown: str) -> None:
    """What is not known is blank."""
    assert word(value) == shown
