"""Tables are replaced whole or stay as they were, and are what their headers say."""

import os
import signal
from collections.abc import Callable
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from warehouse.build import build, fetch, patch, preview, row_count, table_exists
from warehouse.connection import Warehouse
from warehouse.errors import BuildError, SqlFileError, WarehouseError
from warehouse.sqlfiles import SqlFile
from warehouse.transaction import transaction

Sql = Callable[..., SqlFile]
Con = duckdb.DuckDBPyConnection
STAGED = """
select
    'kitsu' as source,
    'id ' || range as record_id,
    range as a,
    'kitsu/anime/file' as payload_path,
    range + 1 as payload_line,
    range * 10 as payload_item,
    case when range % 3 = 0 then 'divisible by 3' end as rejection_reason
from range(6)
"""


def rows(con: Con, table: str) -> list[tuple[Any, ...]]:
    """A table as it is stored."""
    return con.execute(f"select * from {table}").fetchall()


def test_a_table_has_the_rows_the_key_order_and_the_comments(con: Con, sql: Sql) -> None:
    """Rows are stored by the keys; description, grain and columns are comments; the report tells them."""
    file = sql("core/dim_x", "select 9 - range as a, 'it''s' as b from range(3)", columns="b a")
    report = build(con, file)
    assert rows(con, "dim_x") == [(7, "it's"), (8, "it's"), (9, "it's")]
    assert (report.rows, report.rejected) == (3, 0)
    assert report.columns == [("a", "BIGINT", "the a of the row"), ("b", "VARCHAR", "the b of the row")]
    found = con.execute("select comment from duckdb_tables() where table_name = 'dim_x'").fetchall()
    assert found == [("What it holds.\n\nGrain: one row.",)]


def test_a_view_stays_a_view(con: Con, sql: Sql) -> None:
    """A mart shows what its tables hold now, with its comments."""
    con.execute("create table t as select 1 as a")
    report = build(con, sql("marts/vw_x", "select a from main.t -- the end"))
    assert report.columns == [("a", "INTEGER", "the a of the row")]
    con.execute("insert into t values (2)")
    assert rows(con, "vw_x") == [(1,), (2,)]


def test_building_twice_gives_the_same(con: Con, sql: Sql) -> None:
    """A second build replaces, it does not add."""
    file = sql("core/dim_x", "select range as a from range(5)")
    assert build(con, file) == build(con, file)
    assert row_count(con, "dim_x") == 5


@pytest.mark.parametrize(
    "body",
    [
        "select a.b.c as a",
        "select error('bad value') as a",
        "select 1 as other",
        "select 1 as a, 2 as b",
        "select a from nowhere",
        "select cast(range || 'x' as integer) as a from range(3)",
    ],
)
def test_a_build_that_fails_leaves_the_old_table(con: Con, sql: Sql, body: str) -> None:
    """Whatever goes wrong, rows and comments of before still stand, and the error names the file."""
    build(con, sql("core/dim_x", "select 42 as a"))
    with pytest.raises(BuildError, match=r"core/dim_x\.sql"):
        build(con, sql("core/dim_x", body))
    assert rows(con, "dim_x") == [(42,)]
    assert preview(con, "dim_x") == [{"a": 42}]
    assert con.execute("select count(*) from duckdb_columns() where comment = 'the a of the row'").fetchall() == [(1,)]
    build(con, sql("core/dim_y", "select 1 as a"))


def test_the_difference_between_header_and_select_is_told(con: Con, sql: Sql) -> None:
    """Both the undescribed and the missing columns are named."""
    with pytest.raises(BuildError, match=r"not in the header: \['c'\].*not in the result: \['b'\]"):
        build(con, sql("core/dim_x", "select 1 as a, 2 as c", columns="a b"))


def test_a_table_can_become_a_view_and_a_table_again(con: Con, sql: Sql) -> None:
    """The other kind of the same name makes way, and comes back when the build fails."""
    table, view = sql("core/x", "select 1 as a"), sql("marts/x", "select 2 as a")
    for file, expected in ((table, 1), (view, 2), (table, 1), (view, 2)):
        build(con, file)
        assert rows(con, "x") == [(expected,)]
    with pytest.raises(BuildError):
        build(con, sql("core/x", "select error('no') as a"))
    assert rows(con, "x") == [(2,)]


def test_a_computed_table_is_visible_only_while_building(con: Con, sql: Sql) -> None:
    """The Arrow table is read under the name `computed`, nested values included, and is gone afterwards."""
    computed = pa.table({"a": [2, 1], "because": [[{"title": "B", "share": 0.5}], []]})
    file = sql("core/fact_x", "select a, because from computed", columns="a because")
    assert build(con, file, computed=computed).rows == 2
    assert rows(con, "fact_x") == [(1, []), (2, [{"title": "B", "share": 0.5}])]
    with pytest.raises(duckdb.Error):
        con.execute("from computed")
    with pytest.raises(BuildError, match="no computed table was given"):
        build(con, file)
    with pytest.raises(BuildError, match="does not read `computed`"):
        build(con, sql("core/dim_x", "select 1 as a"), computed=computed)


def test_an_empty_computed_table_keeps_its_types(con: Con, sql: Sql) -> None:
    """No rows are a table without rows, of the declared types."""
    computed = pa.table({"a": pa.array([], pa.int64())})
    report = build(con, sql("core/fact_x", "select a from computed"), computed=computed)
    assert (report.rows, report.columns[0][1]) == (0, "BIGINT")


def test_one_template_makes_several_tables(con: Con, sql: Sql) -> None:
    """`table` gives another name in the file's schema; a name that is none is refused."""
    file = sql("ml/evaluation_model", "select a from computed")
    for name in ("evaluation_ease", "evaluation_als"):
        build(con, file, computed=pa.table({"a": [len(name)]}), table=name)
    assert rows(con, "ml.evaluation_ease") == [(15,)]
    assert rows(con, "ml.evaluation_als") == [(14,)]
    with pytest.raises(WarehouseError, match="not a table name"):
        build(con, file, computed=pa.table({"a": [1]}), table='x"; drop table y; --')


def test_a_view_holds_no_table_made_in_python(con: Con, sql: Sql) -> None:
    """It would ask for one that is gone."""
    with pytest.raises(BuildError, match="is a view"):
        build(con, sql("marts/vw_x", "select a from computed"), computed=pa.table({"a": [1]}))


def test_staging_sends_refused_rows_to_quarantine(con: Con, sql: Sql) -> None:
    """Rows with a reason go to quarantine with their pointers, the others become the table."""
    file = sql("staging/stg_x", STAGED, columns="source a payload_path payload_line")
    report = build(con, file, run_id="run 1")
    assert (report.rows, report.rejected) == (4, 2)
    assert [row[1] for row in rows(con, "staging.stg_x")] == [1, 2, 4, 5]
    assert [name for name, _, _ in report.columns] == ["source", "a", "payload_path", "payload_line"]
    assert rows(con, "quality.quarantine") == [
        ("stg_x", "kitsu", "id 0", "divisible by 3", "kitsu/anime/file", 1, 0, "run 1"),
        ("stg_x", "kitsu", "id 3", "divisible by 3", "kitsu/anime/file", 4, 30, "run 1"),
    ]


def test_a_stage_replaces_its_own_quarantine_only(con: Con, sql: Sql) -> None:
    """Building again does not pile up, and leaves other stages' rows alone."""
    columns = "source a payload_path payload_line"
    for name in ("staging/stg_x", "staging/stg_y", "staging/stg_x"):
        build(con, sql(name, STAGED, columns=columns), run_id="run")
    found = con.execute("select stage, count(*) from quality.quarantine group by 1 order by 1").fetchall()
    assert found == [("stg_x", 2), ("stg_y", 2)]
    with pytest.raises(BuildError):
        build(con, sql("staging/stg_x", STAGED.replace("'kitsu'", "error('x')"), columns=columns))
    assert row_count(con, "quality.quarantine") == 4


def test_a_staging_select_without_pointers_is_refused(con: Con, sql: Sql) -> None:
    """A refused row that cannot be found again would be lost."""
    with pytest.raises(BuildError, match="must also give record_id, payload_path, payload_line, payload_item"):
        build(con, sql("staging/stg_x", "select 'x' as source, 1 as a, null as rejection_reason"))


def test_equal_input_gives_equal_tables_whatever_the_order_it_comes_in(con: Con, sql: Sql) -> None:
    """The keys order the rows, so that a shuffled input is stored alike."""
    file = sql("core/dim_x", "select a from computed")
    stored = []
    for values in ([3, 1, 2], [2, 3, 1]):
        build(con, file, computed=pa.table({"a": values}))
        stored.append(rows(con, "dim_x"))
    assert stored[0] == stored[1] == [(1,), (2,), (3,)]


def test_what_makes_no_table_is_not_built(con: Con, sql: Sql) -> None:
    """Queries and inputs are fetched, not built."""
    with pytest.raises(BuildError, match="use fetch"):
        build(con, sql("queries/x", "select 1 as a"))
    with pytest.raises(SqlFileError, match="does not exist"):
        fetch(con, "queries/nonsense")


def test_fetching_gives_an_arrow_table(con: Con) -> None:
    """A file's result with bound parameters; a failing one names its file."""
    con.execute(
        "create temp table staged_rows as select 'kitsu' as source, 'r' as record_id, "
        "'why' as rejection_reason, 'p' as payload_path, 1 as payload_line, null as payload_item"
    )
    found = fetch(con, "warehouse/rejected_rows", {"stage": "stg_x", "run_id": "run"})
    assert found.to_pylist()[0]["reason"] == "why"
    with pytest.raises(BuildError, match=r"rejected_rows\.sql"):
        fetch(con, "warehouse/rejected_rows")


def test_a_table_can_be_asked_for(con: Con, sql: Sql) -> None:
    """Existence, row count and the first rows, by `table` or `schema.table`."""
    assert not table_exists(con, "dim_x")
    build(con, sql("core/dim_x", "select range as a from range(6)"))
    build(con, sql("marts/vw_x", "select a from main.dim_x"))
    assert table_exists(con, "dim_x")
    assert table_exists(con, "main.vw_x")
    assert not table_exists(con, "ml.dim_x")
    assert row_count(con, "main.vw_x") == 6
    assert preview(con, "main.dim_x") == [{"a": row} for row in range(5)]
    with pytest.raises(WarehouseError, match="not a table name"):
        table_exists(con, "a.b.c")


def test_a_patch_puts_rows_in_the_place_of_those_with_their_keys(con: Con, sql: Sql) -> None:
    """New rows come in, others are replaced, some go; the rest stays. Nothing happens when a row cannot be."""
    file = sql("core/dim_x", "select computed.a, 10 // computed.b as b from computed", columns="a b")
    build(con, file, computed=pa.table({"a": [1, 2, 3], "b": [1, 2, 5]}))
    computed, removed = pa.table({"a": [2, 4], "b": [10, 2]}), pa.table({"a": [3, 99]})
    assert patch(con, file, computed=computed, removed=removed).rows == 3
    assert sorted(rows(con, "dim_x")) == [(1, 10), (2, 1), (4, 5)]
    with pytest.raises(BuildError, match=r"dim_x\.sql"):
        patch(con, file, computed=pa.table({"a": [1], "c": [0]}), removed=removed)
    assert len(rows(con, "dim_x")) == 3


def test_a_killed_build_leaves_the_old_table(warehouse: Warehouse, sql: Sql) -> None:
    """A process that dies by SIGKILL before it commits has changed nothing, and the next writer gets in."""
    with warehouse.writer("before") as con:
        build(con, sql("core/dim_x", "select 1 as a"))
    child = os.fork()
    if child == 0:
        with warehouse.writer("doomed") as con, transaction(con):
            con.execute("create or replace table dim_x as select range as a from range(300000)")
            os.kill(os.getpid(), signal.SIGKILL)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL
    with warehouse.writer("after") as con:
        assert rows(con, "dim_x") == [(1,)]


def test_a_built_table_is_there_after_reopening(warehouse: Warehouse, sql: Sql) -> None:
    """What was committed survives closing the file."""
    with warehouse.writer("build") as con:
        build(con, sql("core/dim_x", "select 1 as a"))
    with warehouse.writer("look") as con:
        assert rows(con, "dim_x") == [(1,)]
