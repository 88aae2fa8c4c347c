"""Rules of sql/checks run against tables, and the record of what they said.

The one rule: a check selects the rows that BREAK it, so that a failing check can show them.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import duckdb
import pyarrow as pa

from warehouse.errors import CheckError
from warehouse.names import quote_identifier, relation
from warehouse.sqlfiles import SqlFile
from warehouse.transaction import transaction

#: How many breaking rows a result shows.
SAMPLE_ROWS = 20
_OUTCOMES = "outcomes_to_record"


@dataclass(frozen=True)
class RuleResult:
    """What one rule said about one table.

    Attributes:
        table: the table's name.
        check_name: the rule, written as what should hold.
        severity: `error` or `warn`.
        failing_rows: how many rows break it; 0 = none does.
        sample: up to SAMPLE_ROWS of these rows, all columns of the rule's SELECT.
        absent: tables that it reads and that were never built: it was not run, and nobody knows yet whether it holds.
    """

    table: str
    check_name: str
    severity: str
    failing_rows: int
    sample: pa.Table
    absent: tuple[str, ...] = ()


@dataclass(frozen=True)
class CheckResult:
    """One row of `quality.check_result`."""

    run_id: str
    table_name: str
    check_name: str
    severity: str
    passed: bool
    failing_rows: int
    checked_at: datetime


def check_name(rule: SqlFile) -> str:
    """The rule's name without the table it is about."""
    return rule.name.rpartition("__")[2]


def run_rules(
    con: duckdb.DuckDBPyConnection, table: str, rules: Sequence[SqlFile], built: Collection[str]
) -> list[RuleResult]:
    """The outcome of each rule of the table, in their order.

    Args:
        con: a writer's or a reader's connection.
        table: the table's name.
        rules: those that are about it alone, as `check_files` finds them.
        built: what `built_tables` says now.

    Raises:
        CheckError: naming the file, when a rule cannot be run.
    """
    absent = absent_tables(built, rules)
    return [_run(con, table, rule, absent.get(rule.name, ())) for rule in rules]


def column_frame(con: duckdb.DuckDBPyConnection, table: str, columns: Sequence[str]) -> pa.Table:
    """The named columns of a table, every row in the order in which it is stored.

    Raises:
        CheckError: when the table or a column does not exist.
    """
    names = ", ".join(quote_identifier(column) for column in columns)
    try:
        return con.execute(f"select {names} from {relation(table).sql}").to_arrow_table()  # noqa: S608 - quoted
    except duckdb.Error as problem:
        raise CheckError(f"{table}: the columns {', '.join(columns)} cannot be read: {problem}") from problem


def record_results(con: duckdb.DuckDBPyConnection, rows: Sequence[CheckResult]) -> None:
    """Write outcomes to `quality.check_result`; a check repeated in one run replaces its earlier outcome."""
    if not rows:
        return
    con.register(_OUTCOMES, pa.Table.from_pylist([asdict(row) for row in rows]))
    try:
        with transaction(con):
            con.execute(
                f"delete from quality.check_result as old using {_OUTCOMES} as new where old.run_id = new.run_id "  # noqa: S608
                "and old.table_name = new.table_name and old.check_name = new.check_name"
            )
            con.execute(f"insert into quality.check_result by name select * from {_OUTCOMES}")  # noqa: S608 - our name
    finally:
        con.unregister(_OUTCOMES)


def absent_tables(built: Collection[str], rules: Iterable[SqlFile]) -> dict[str, tuple[str, ...]]:
    """The tables that rules read and that are not among those built, by the rule's name; the others are left out."""
    absent = {rule.name: tuple(name for name in rule.depends_on if name not in built) for rule in rules}
    return {name: tables for name, tables in absent.items() if tables}


def _run(con: duckdb.DuckDBPyConnection, table: str, rule: SqlFile, absent: tuple[str, ...]) -> RuleResult:
    """Count the rows that break one rule, and take a few where there are any."""
    if absent:
        return RuleResult(table, check_name(rule), rule.severity, 0, pa.table({}), absent)
    breaking, sample = f"(\n{rule.body}\n)", pa.table({})
    try:
        failing = int(con.execute(f"select count(*) from {breaking}").fetchall()[0][0])  # noqa: S608 - our own file
        if failing:
            first = f"select * from {breaking} order by all limit {SAMPLE_ROWS}"  # noqa: S608 - our own file
            sample = con.execute(first).to_arrow_table()
    except duckdb.Error as problem:
        raise CheckError(f"{rule.path}: the rule cannot be run: {str(problem).strip()}") from problem
    return RuleResult(table, check_name(rule), rule.severity, failing, sample)
