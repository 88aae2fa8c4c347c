"""How a suite says what should hold of a table's columns, without Great Expectations being imported.

The names are those of Great Expectations' classes; `assets.checks.validation` makes the objects.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

Severity = Literal["error", "warn"]


@dataclass(frozen=True)
class Expectation:
    """One expectation of Great Expectations about one column.

    Attributes:
        kind: the name of its class, e.g. `ExpectColumnValuesToBeInSet`.
        column: the column it is about; missing values pass, except where they are what it is about.
        arguments: what else the class takes.
    """

    kind: str
    column: str
    arguments: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ColumnCheck:
    """One asset check that is made of expectations: it holds when each of them does.

    Attributes:
        name: the check as the truth it states, e.g. `scores_are_0_to_100`.
        description: the same in a sentence, for the UI.
        expectations: what must hold.
        severity: `error` stops what is downstream and the publishing, `warn` does not.
        remedy: where to look when it fails; '' = the usual place for the table's schema.
    """

    name: str
    description: str
    expectations: tuple[Expectation, ...]
    severity: Severity = "error"
    remedy: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns under test, each once, in the order of the expectations."""
        return tuple(dict.fromkeys(one.column for one in self.expectations))


def stated(*columns: str) -> tuple[Expectation, ...]:
    """Nothing is missing in these columns."""
    return tuple(Expectation("ExpectColumnValuesToNotBeNull", column) for column in columns)


def one_of(column: str, values: Iterable[str]) -> tuple[Expectation, ...]:
    """What is stated is one of the values."""
    return (Expectation("ExpectColumnValuesToBeInSet", column, {"value_set": sorted(values)}),)


def between(low: float | None, high: float | None, *columns: str) -> tuple[Expectation, ...]:
    """What is stated lies between low and high, both included; None = no bound on that side."""
    bounds = {"min_value": low, "max_value": high}
    return tuple(Expectation("ExpectColumnValuesToBeBetween", column, bounds) for column in columns)


def positive(*columns: str, highest: float | None = None) -> tuple[Expectation, ...]:
    """What is stated lies above 0, and not above the highest; None = no bound there."""
    bounds = {"min_value": 0, "strict_min": True, "max_value": highest}
    return tuple(Expectation("ExpectColumnValuesToBeBetween", column, bounds) for column in columns)


def matching(pattern: str, *columns: str) -> tuple[Expectation, ...]:
    """What is stated matches the regular expression."""
    return tuple(Expectation("ExpectColumnValuesToMatchRegex", column, {"regex": pattern}) for column in columns)


def typed(kind: str, *columns: str) -> tuple[Expectation, ...]:
    """The columns arrive in pandas as this type, e.g. `int64`: a missing value would make them `float64`."""
    return tuple(Expectation("ExpectColumnValuesToBeOfType", column, {"type_": kind}) for column in columns)
