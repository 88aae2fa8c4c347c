"""What must exist before anything is built does, also in a warehouse of an earlier version."""

from collections.abc import Iterable

import duckdb
import pytest

from tests.warehouse.conftest import DAY
from warehouse.catalogue import columns_of
from warehouse.names import Relation
from warehouse.schema import RAW_STREAMS, loadable_streams, prepare, raw_shape, raw_table

Con = duckdb.DuckDBPyConnection
OF_A_SOURCE = {(source, stream) for source, streams in RAW_STREAMS.items() for stream in streams}


def names(con: Con, table: Relation) -> list[str]:
    """The columns of a table, in order."""
    return [name for name, _, _ in columns_of(con, table)]


@pytest.mark.parametrize(("source", "stream"), sorted(OF_A_SOURCE))
def test_every_raw_table_exists_and_is_what_its_file_says(con: Con, source: str, stream: str) -> None:
    """Empty, with the columns of its shape, each with its comment."""
    table, shape = raw_table(source, stream), raw_shape(stream)
    assert con.execute(f"select count(*) from {table.sql}").fetchall() == [(0,)]
    assert {name: comment for name, _, comment in columns_of(con, table)} == shape.columns
    assert set(shape.keys) <= set(shape.columns)
    assert {"payload_path", "payload_line", "captured_at"} <= set(shape.columns)


@pytest.mark.parametrize("table", ["raw.crawl", "raw.loaded_file", "quality.quarantine"])
def test_tables_about_files_exist(con: Con, table: str) -> None:
    """Also those that belong to no stream."""
    assert con.execute(f"select count(*) from {table}").fetchall() == [(0,)]


def test_every_shape_can_be_loaded() -> None:
    """The streams that can be loaded are those that some source has."""
    assert set(loadable_streams()) == {stream for _, stream in OF_A_SOURCE}


def test_preparing_again_changes_nothing(con: Con) -> None:
    """What is there stays, rows included."""
    con.execute("insert into raw.raw_kitsu__anime (payload) values ('{}')")
    prepare(con)
    assert con.execute("select payload from raw.raw_kitsu__anime").fetchall() == [("{}",)]


def without(columns: Iterable[str], left_out: set[str]) -> str:
    """The columns but some, as a list for SQL."""
    return ", ".join(name for name in columns if name not in left_out)


def test_a_warehouse_of_an_earlier_version_is_given_what_it_lacks(con: Con) -> None:
    """Tables without newer columns get them, null for the rows that are there; these stay."""
    old = {
        Relation("raw", "raw_kitsu__anime"): {"subject", "payload_item"},
        Relation("quality", "quarantine"): {"payload_item"},
    }
    con.execute("insert into raw.raw_kitsu__anime (payload, captured_at) values ('{}', $day)", {"day": DAY})
    for table, lacking in old.items():
        kept = without(names(con, table), lacking)
        con.execute(f"create or replace table {table.sql} as select {kept} from {table.sql}")
    con.execute("drop table raw.crawl")
    prepare(con)
    for table, lacking in old.items():
        assert set(names(con, table)[-len(lacking) :]) == lacking
        assert all(comment for _, _, comment in columns_of(con, table))
    found = con.execute("select payload, subject, payload_item, captured_at from raw.raw_kitsu__anime").fetchall()
    assert found == [("{}", None, None, DAY)]
    assert con.execute("select count(*) from raw.crawl").fetchall() == [(0,)]
