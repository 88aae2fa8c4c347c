"""All or nothing: the one place where transactions begin and end."""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from warehouse.interrupts import interrupts_kept


@contextmanager
def transaction(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Everything done inside becomes visible together, or, after any exception, not at all."""
    con.execute("begin transaction")
    try:
        with interrupts_kept(con):
            yield
    except BaseException:
        _roll_back(con)
        raise
    con.execute("commit")


def _roll_back(con: duckdb.DuckDBPyConnection) -> None:
    """Undo the transaction, unless the failure closed it, or the connection, already."""
    try:
        con.execute("rollback")
    except (duckdb.TransactionException, duckdb.ConnectionException):
        # The caller is told about the first failure; the closing of the connection undoes what is left.
        return
