"""Numbers and lists as they stand in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


def share(part: float, whole: float) -> str:
    """`part` of `whole` in percent, e.g. `12.5 %`; `0 %` of nothing."""
    return f"{100 * part / whole:.3g} %" if whole else "0 %"


def percentage(value: float) -> str:
    """A share of 0-1 in percent."""
    return share(value, 1.0)


def counted(number: float, noun: str, plural: str = "") -> str:
    """`1 user`, `2,825 users`."""
    return f"{number:,.0f} {noun if number == 1 else plural or noun + 's'}"


def listed(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def largest(rows: pd.DataFrame, column: str) -> pd.Series[Any]:
    """The row with the largest value of a column; of several the first."""
    return rows.iloc[int(rows[column].to_numpy().argmax())]


def smallest(rows: pd.DataFrame, column: str) -> pd.Series[Any]:
    """The row with the smallest value of a column; of several the first."""
    return rows.iloc[int(rows[column].to_numpy().argmin())]
