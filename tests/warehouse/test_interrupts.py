"""Ctrl-C while the warehouse is written: an interrupt to whoever writes, and the turn is the next one's."""

import duckdb
import pytest

from tests.warehouse.interrupting import LONG_QUERY, interrupt_soon
from tests.warehouse.test_keeping import LONG_S, tickets
from warehouse.connection import Warehouse
from warehouse.keeping import kept_open
from warehouse.transaction import transaction


def test_an_interrupted_query_gives_the_turn_back(warehouse: Warehouse) -> None:
    """Ctrl-C is Ctrl-C, not an error of DuckDB's, and the same thread can write again."""
    with kept_open(warehouse.home, LONG_S):
        with pytest.raises(KeyboardInterrupt), warehouse.writer("first") as con:  # noqa: PT012 - the writing is interrupted
            interrupt_soon()
            con.execute(LONG_QUERY)
        assert tickets(warehouse.home) == []
        with warehouse.writer("second") as con:
            con.execute("select 1")


def test_an_interrupted_transaction_is_undone_at_once(warehouse: Warehouse) -> None:
    """DuckDB's other threads stop too: they would work on to the query's end, and to undo it is to wait for them."""
    with warehouse.writer("before") as con:
        con.execute("create table main.numbers (number int)")
    with pytest.raises(KeyboardInterrupt), warehouse.writer("first") as con, transaction(con):  # noqa: PT012 - as above
        con.execute("insert into main.numbers values (1)")
        interrupt_soon()
        con.execute(LONG_QUERY)
    with warehouse.writer("second") as con:
        assert con.execute("select count(*) from main.numbers").fetchone() == (0,)


def test_an_interrupt_between_two_writings_gives_the_turn_back(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when it comes while what was written is taken over into the file, where DuckDB reports it in its own way."""

    def interrupted(_: duckdb.DuckDBPyConnection) -> bool:
        raise RuntimeError("Query interrupted") from KeyboardInterrupt()

    with kept_open(warehouse.home, LONG_S):
        with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):  # noqa: PT012 - the with is the test
            patched.setattr("warehouse.keeping._taken_over", interrupted)
            with warehouse.writer("first"):
                pass
        assert tickets(warehouse.home) == []
        with warehouse.writer("second") as con:
            con.execute("select 1")


def test_an_interrupt_before_the_next_writing_gives_the_turn_back(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was left open is closed when its next writer is interrupted while it takes it."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with kept_open(warehouse.home, LONG_S):
        with warehouse.writer("first"):
            pass
        with monkeypatch.context() as patched:
            patched.setattr("warehouse.lock.WriterLock.go_on", interrupted)
            with pytest.raises(KeyboardInterrupt), warehouse.writer("second"):
                pass
        assert tickets(warehouse.home) == []
