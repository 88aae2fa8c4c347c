"""Rules of sql/checks run against tables, and the record of what they said.

The one rule: a check selects the rows that BREAK it, so that a failing check can show them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from warehouse.catalogue import entries
from warehouse.errors import CheckError
from warehouse.names import quote_identifier, relation
from warehouse.sqlfiles import SqlFile, check_files, read_sql
from warehouse.transaction import transaction

#: How many breaking rows a result shows.
SAMPLE_ROWS = 20
_BREAKING = "rows_breaking_the_rule"


@dataclass(frozen=True)
class RuleResult:
    """What one rule said about one table.

    Attributes:
        check_name: the rule, written as what should hold.
        severity: `error` or `warn`.
        description: the rule's sentence.
        failing_rows: how many rows break it; 0 = none does.
        sample: up to SAMPLE_ROWS of these rows, all columns of the rule's SELECT.
        absent: tables that it reads and that were never built; it was not run then.
    """

    check_name: str
    severity: str
    description: str
    failing_rows: int
    sample: pa.Table
    absent: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the rule holds."""
        return self.failing_rows == 0 and not self.absent


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


def run_rules(con: duckdb.DuckDBPyConnection, table: str, directory: Path | None = None) -> list[RuleResult]:
    """The outcome of each rule of the table, sorted by name; [] when it has none.

    Args:
        con: a writer's or a reader's connection.
        table: the table's name, with or without schema.
        directory: a folder `checks` with rules of one's own; default is sql/checks.

    Raises:
        CheckError: naming the file, when a rule cannot be run.
    """
    name = relation(table).name
    if directory is None:
        files: Iterable[SqlFile] = check_files(name)
    else:
        paths = sorted(directory.glob("*.sql"))
        files = [read_sql(path) for path in paths if path.stem.rpartition("__")[0] == name]
    rules = list(files)
    absent = absent_tables(con, rules)
    return [_run(con, file, absent.get(file.name, ())) for file in rules]


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
    with transaction(con):
        for row in rows:
            key = {"run_id": row.run_id, "table_name": row.table_name, "check_name": row.check_name}
            con.execute(
                "delete from quality.check_result where run_id = $run_id "
                "and table_name = $table_name and check_name = $check_name",
                key,
            )
            con.execute(
                "insert into quality.check_result values ($run_id, $table_name, $check_name, $severity, "
                "$passed, $failing_rows, $checked_at)",
                key
                | {
                    "severity": row.severity,
                    "passed": row.passed,
                    "failing_rows": row.failing_rows,
                    "checked_at": row.checked_at,
                },
            )


def absent_tables(con: duckdb.DuckDBPyConnection, rules: Iterable[SqlFile]) -> dict[str, tuple[str, ...]]:
    """The tables that rules read and that were never built, by the rule's name; rules that can be run are left out."""
    built = {str(entry.relation) for entry in entries(con)}
    absent = {rule.name: tuple(name for name in rule.depends_on if name not in built) for rule in rules}
    return {name: tables for name, tables in absent.items() if tables}


def _run(con: duckdb.DuckDBPyConnection, file: SqlFile, absent: tuple[str, ...]) -> RuleResult:
    """Run one rule once, count the rows that break it and keep a few."""
    name = file.name.rpartition("__")[2]
    if absent:
        return RuleResult(name, file.severity, file.description, 0, pa.table({}), absent)
    try:
        con.execute(f"create or replace temp table {_BREAKING} as {file.body}")
        failing = int(con.execute(f"select count(*) from {_BREAKING}").fetchall()[0][0])  # noqa: S608 - our name
        sample = con.execute(
            f"select * from {_BREAKING} order by all limit $n",  # noqa: S608 - our name
            {"n": SAMPLE_ROWS},
        ).to_arrow_table()
        con.execute(f"drop table {_BREAKING}")
    except duckdb.Error as problem:
        raise CheckError(f"{file.path}: the rule cannot be run: {str(problem).strip()}") from problem
    return RuleResult(name, file.severity, file.description, failing, sample)
