"""Great Expectations, kept behind one function: which rows of a frame break which expectation.

This is the only module that imports it, and it does so when the first table is validated: the import takes
seconds, which a code location that is only being looked at should not pay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from assets.checks.errors import ExpectationError
from assets.checks.expectations import Expectation

if TYPE_CHECKING:
    import pandas as pd

#: Whether expectations are met, and nothing else: half the cost, and mostly the whole answer.
_YES_OR_NO = {"result_format": "BOOLEAN_ONLY"}
#: Every breaking row by its position, without the values themselves: samples come from the table.
_EVERY_ROW = {
    "result_format": "COMPLETE",
    "exclude_unexpected_values": True,
    "return_unexpected_index_query": False,
}


@dataclass(frozen=True)
class Verdict:
    """What Great Expectations says about one expectation.

    Attributes:
        holds: whether it is met.
        positions: the frame's rows that break it, from 0, ascending; () where it is about a whole column.
        observed: what was found instead, where it is about the whole column; else ''.
    """

    holds: bool
    positions: tuple[int, ...] = ()
    observed: str = ""


def validate(frame: pd.DataFrame, expectations: Sequence[Expectation]) -> list[Verdict]:
    """One verdict for each expectation, in their order, from one validation of the frame.

    Only expectations that are not met are looked at a second time, for the rows that break them.

    Args:
        frame: the columns under test, indexed from 0.
        expectations: what should hold; no two of them alike.

    Raises:
        ExpectationError: when Great Expectations itself fails (say, for a column that does not exist); it
            would otherwise look like a check that does not hold.
    """
    met = [bool(result.success) for result in _results(frame, expectations, _YES_OR_NO)]
    broken = [one for one, holds in zip(expectations, met, strict=True) if not holds]
    details = iter(_results(frame, broken, _EVERY_ROW))
    return [Verdict(holds=True) if holds else _broken(next(details)) for holds in met]


def _results(frame: pd.DataFrame, expectations: Sequence[Expectation], result_format: dict[str, Any]) -> list[Any]:
    """The results of Great Expectations, one for each expectation, in their order; none is a failure of its own."""
    if not expectations:
        return []
    import great_expectations as gx

    suite = gx.ExpectationSuite(
        name="osusume", expectations=[_to_gx(one, number) for number, one in enumerate(expectations)]
    )
    batch = batch_definition().get_batch({"dataframe": frame})
    results = batch.validate(suite, result_format=result_format).results
    by_number = {result.expectation_config.meta["number"]: result for result in results}
    return [_evaluated(by_number.get(number), one) for number, one in enumerate(expectations)]


@cache
def batch_definition() -> Any:
    """The one way into Great Expectations, made once per process: a context that writes and sends nothing."""
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.enable_analytics(False)
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    asset = context.data_sources.add_pandas("warehouse").add_dataframe_asset("table")
    return asset.add_batch_definition_whole_dataframe("columns_under_test")


def is_ready() -> bool:
    """Whether Great Expectations is imported already."""
    return batch_definition.cache_info().currsize > 0


def _to_gx(expectation: Expectation, number: int) -> Any:
    """The object of Great Expectations, numbered so that its result is found again."""
    try:
        kind = _kind(expectation.kind)
        return kind(column=expectation.column, meta={"number": number}, **expectation.arguments)
    except (AttributeError, TypeError, ValueError) as problem:
        raise ExpectationError(f"{_spelled(expectation)} cannot be expressed: {problem}") from problem


@cache
def _kind(name: str) -> Any:
    """The class of that name, whose objects put their configuration together once.

    Great Expectations asks each object for it some forty times during a validation and makes it anew each time, which
    was half of what a validation of a small table cost. Nothing changes an object once it is made.
    """
    import great_expectations.expectations as classes
    from great_expectations.compatibility.pydantic import PrivateAttr

    plain = getattr(classes, name)

    def configuration(self: Any) -> Any:
        if self._configuration is None:
            self._configuration = plain.configuration.fget(self)
        return self._configuration

    body = {
        "__module__": __name__,
        "__doc__": plain.__doc__,
        "_configuration": PrivateAttr(None),
        "configuration": property(configuration),
    }
    # Great Expectations finds a class again by its name: this one must not take the place of its own.
    return type(plain)(f"Settled{name}", (plain,), body)


def _evaluated(result: Any, expectation: Expectation) -> Any:
    """The result, unless Great Expectations did not get as far as having one."""
    if result is None:
        raise ExpectationError(f"{_spelled(expectation)}: Great Expectations returned no result")
    problem = _exception(result.exception_info or {})
    if problem:
        raise ExpectationError(f"{_spelled(expectation)} could not be evaluated: {problem}")
    return result


def _broken(result: Any) -> Verdict:
    """The verdict on an expectation that is not met."""
    positions = tuple(sorted(int(one) for one in result.result.get("unexpected_index_list") or ()))
    return Verdict(holds=False, positions=positions, observed=str(result.result.get("observed_value", "")))


def _exception(info: dict[str, Any]) -> str:
    """The first message of an exception that was caught; '' when there was none.

    The information stands at the top for the expectation itself, and one level down for its metrics.
    """
    for one in (info, *(value for value in info.values() if isinstance(value, dict))):
        if one.get("raised_exception"):
            return str(one.get("exception_message") or "an exception without a message")
    return ""


def _spelled(expectation: Expectation) -> str:
    """The expectation as a reader of a suite knows it."""
    arguments = ", ".join(f"{name}={value!r}" for name, value in expectation.arguments.items())
    return f"{expectation.kind}({expectation.column}{', ' + arguments if arguments else ''})"
