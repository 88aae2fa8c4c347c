"""Columns of a table as pandas, judged by the expectations of its suite."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from assets.checks.expectations import ColumnCheck
from assets.checks.tables import CheckedTable, Connection
from assets.checks.validation import Verdict, validate
from warehouse.checks import SAMPLE_ROWS, column_frame

if TYPE_CHECKING:
    import pandas as pd

#: Larger tables are judged on every n-th row, so that pandas holds at most this many. What must hold for each
#: row of a large table is a rule in sql/checks.
MOST_ROWS = 1_000_000
#: Where a row came from, shown with it when its table knows.
POINTERS = ("payload_path", "payload_line", "payload_item")


@dataclass(frozen=True)
class ColumnResult:
    """What one check of a suite found.

    Attributes:
        check: the check.
        failing_rows: how many of the judged rows break it; 1 where it is about a whole column.
        judged_rows: how many rows were judged.
        sample: up to SAMPLE_ROWS breaking rows: keys, columns under test, and where they came from.
        observed: what was found instead, where the check is about a whole column; else ''.
    """

    check: ColumnCheck
    failing_rows: int
    judged_rows: int
    sample: list[dict[str, Any]]
    observed: str


def check_columns(
    connection: Connection, table: CheckedTable, checks: Sequence[ColumnCheck], most_rows: int = MOST_ROWS
) -> list[ColumnResult]:
    """The outcome of each check, in their order, from one validation of all columns under test.

    Raises:
        ExpectationError: when Great Expectations itself fails.
        CheckError: when a column does not exist.
    """
    if not checks:
        return []
    columns = list(dict.fromkeys(column for check in checks for column in check.columns))
    rows = column_frame(connection, table.table, columns)
    step = -(-rows.num_rows // most_rows) or 1
    judged = every(rows, step)
    verdicts = iter(validate(frame_of(judged), [one for check in checks for one in check.expectations]))
    results = []
    for check in checks:
        found = [next(verdicts) for _ in check.expectations]
        results.append(_result(connection, table, check, found, judged.num_rows, step))
    return results


def every(rows: pa.Table, step: int) -> pa.Table:
    """Each step-th row from the first on: the same rows whenever the table is the same."""
    return rows if step == 1 else rows.take(pa.array(range(0, rows.num_rows, step)))


def frame_of(rows: pa.Table) -> pd.DataFrame:
    """The rows as pandas, every number 64 bits wide: other widths Great Expectations compares one by one."""
    wide = [(pa.types.is_integer, pa.int64()), (pa.types.is_floating, pa.float64())]
    fields = [
        field.with_type(next((kind for is_such, kind in wide if is_such(field.type)), field.type))
        for field in rows.schema
    ]
    frame: pd.DataFrame = rows.cast(pa.schema(fields)).to_pandas(date_as_object=False)
    return frame


def _result(
    connection: Connection,
    table: CheckedTable,
    check: ColumnCheck,
    verdicts: Sequence[Verdict],
    judged_rows: int,
    step: int,
) -> ColumnResult:
    """One check's verdicts together; rows that break several of its expectations count once."""
    broken = sorted({position for verdict in verdicts for position in verdict.positions})
    failed = not all(verdict.holds for verdict in verdicts)
    return ColumnResult(
        check=check,
        failing_rows=len(broken) or int(failed),
        judged_rows=judged_rows,
        sample=_sample(connection, table, check, [one * step for one in broken[:SAMPLE_ROWS]]),
        observed=", ".join(verdict.observed for verdict in verdicts if verdict.observed),
    )


def _sample(
    connection: Connection, table: CheckedTable, check: ColumnCheck, positions: list[int]
) -> list[dict[str, Any]]:
    """The rows at these positions of the table, with what identifies them and where they came from."""
    if not positions:
        return []
    pointers = [name for name in POINTERS if name in table.file.columns]
    names = list(dict.fromkeys([*table.file.keys, *check.columns, *pointers]))
    rows: list[dict[str, Any]] = column_frame(connection, table.table, names).take(pa.array(positions)).to_pylist()
    return rows
