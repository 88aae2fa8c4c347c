"""Rules select the rows that break them; what they say is recorded once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from tests.warehouse.conftest import DAY
from warehouse.build import fetch
from warehouse.catalogue import built_tables
from warehouse.checks import SAMPLE_ROWS, CheckResult, RuleResult, column_frame, record_results, run_rules
from warehouse.connection import Warehouse
from warehouse.errors import CheckError
from warehouse.publish import publish
from warehouse.sqlfiles import check_files, read_sql

Con = duckdb.DuckDBPyConnection
#: Runs the rules of a table on a connection.
Run = Callable[[Con, str], list[RuleResult]]
RESULT = CheckResult("run 1", "dim_x", "values_are_small", "error", True, 0, DAY)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Two rules for stg_x__y, one for the differently named stg_x."""
    folder = tmp_path / "checks"
    folder.mkdir()
    body = "select a, a * 2 as twice from main.stg_x__y where a >= 100"
    negative = "select a from main.stg_x__y where a < 0"
    texts = {
        "stg_x__y__values_are_small": f"/*\nNo value reaches 100.\n\nseverity: error\n*/\n{body}",
        "stg_x__y__values_are_positive": f"/*\nAll above 0.\n\nseverity: warn\n*/\n{negative}",
        "stg_x__never_run": "/*\nOf another table.\n\nseverity: warn\n*/\nselect a from nowhere",
    }
    for name, text in texts.items():
        (folder / f"{name}.sql").write_text(text)

    def outcomes(con: Con, table: str) -> list[RuleResult]:
        paths = sorted(path for path in folder.iterdir() if path.stem.rpartition("__")[0] == table)
        return run_rules(con, table, [read_sql(path) for path in paths], built_tables(con))

    return outcomes


def test_each_rule_of_the_table_is_run(con: Con, run: Run) -> None:
    """Outcomes come in the rules' order with the count and a bounded, ordered sample of the breaking rows."""
    con.execute("create table stg_x__y as select 150 - range as a from range(150)")
    positive, small = run(con, "stg_x__y")
    assert (positive.table, positive.check_name, positive.severity) == ("stg_x__y", "values_are_positive", "warn")
    assert (positive.failing_rows, small.failing_rows) == (0, 51)
    assert small.sample.column_names == ["a", "twice"]
    assert small.sample.column("a").to_pylist() == list(range(100, 100 + SAMPLE_ROWS))


def test_a_rule_that_cannot_be_run_is_an_error_that_names_it(con: Con, run: Run) -> None:
    """A table without the column that the rule asks for."""
    con.execute("create table nowhere as select 1 as other")
    with pytest.raises(CheckError, match=r"stg_x__never_run\.sql"):
        run(con, "stg_x")


def test_a_rule_on_a_table_that_was_never_built_is_not_taken_for_one_that_holds(con: Con, run: Run) -> None:
    """It names the table; a part of the pipeline can be run all the same."""
    (rule,) = run(con, "stg_x")
    assert (rule.absent, rule.failing_rows) == (("main.nowhere",), 0)


def test_a_table_without_rules_has_none(con: Con, run: Run) -> None:
    """Also in the project's own folder."""
    assert run(con, "nothing") == []
    assert check_files("no_such_table") == ()


def test_rules_can_be_run_on_the_snapshot(warehouse: Warehouse, run: Run) -> None:
    """A reader's connection is enough."""
    with warehouse.writer("fill") as con:
        con.execute("create table stg_x__y as select 100 as a")
    publish(warehouse, "run", "input")
    with warehouse.reader() as con:
        assert [rule.failing_rows for rule in run(con, "stg_x__y")] == [0, 1]


def test_columns_are_read_in_stored_order(con: Con) -> None:
    """Only the named ones, in the order asked for; an unknown one is an error."""
    con.execute("create table dim_x as select range as a, 'x' as b, 0 as c from range(3)")
    assert column_frame(con, "dim_x", ["b", "a"]).to_pydict() == {"b": ["x"] * 3, "a": [0, 1, 2]}
    with pytest.raises(CheckError, match="dim_x: the columns z"):
        column_frame(con, "dim_x", ["z"])


def test_an_outcome_is_recorded_once_for_a_run(con: Con) -> None:
    """A check repeated in one run replaces its outcome; other runs, tables and checks stay."""
    record_results(con, [RESULT, replace(RESULT, check_name="other")])
    record_results(con, [replace(RESULT, passed=False, failing_rows=3), replace(RESULT, run_id="run 2")])
    found = con.execute("select * from quality.check_result order by run_id, check_name").fetchall()
    assert found == [
        ("run 1", "dim_x", "other", "error", True, 0, DAY),
        ("run 1", "dim_x", "values_are_small", "error", False, 3, DAY),
        ("run 2", "dim_x", "values_are_small", "error", True, 0, DAY),
    ]


def test_only_what_a_check_said_last_counts(con: Con) -> None:
    """The earlier failure of a check is history; what is broken now comes first."""
    later = replace(RESULT, run_id="run 2", checked_at=DAY + timedelta(days=1))
    record_results(con, [replace(RESULT, passed=False), later, replace(later, table_name="dim_y", passed=False)])
    found = [(row["table_name"], row["passed"]) for row in fetch(con, "inputs/newest_checks").to_pylist()]
    assert found == [("dim_y", False), ("dim_x", True)]
