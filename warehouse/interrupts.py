"""Ctrl-C while DuckDB is at work: it makes an error of the interrupt, and here the error is an interrupt again.

Whoever took it for an error would go on with the next piece of work.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb


def interrupt_behind(problem: BaseException) -> BaseException | None:
    """The interrupt that an error was caused by, directly or through other errors; None = it is an error."""
    link: BaseException | None = problem
    while link is not None and isinstance(link, Exception):
        link = link.__cause__
    return link


@contextmanager
def interrupts_kept(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Inside, an interrupt that DuckDB reports as "Query interrupted" is raised as what it was.

    Args:
        con: the connection whose queries may be interrupted; none of them is under way any more when it is raised.
    """
    try:
        yield
    except RuntimeError as problem:
        interrupt = interrupt_behind(problem)
        if interrupt is None:
            raise
        # DuckDB tells this thread alone: its others would work on to the query's end, and closing waits for them.
        con.interrupt()
        raise interrupt from None
