"""Ctrl-C while DuckDB is at work: it makes an error of the interrupt, and here the error is an interrupt again.

Whoever took it for an error would go on with the next piece of work.
"""

from collections.abc import Iterator
from contextlib import contextmanager


def interrupt_behind(problem: BaseException) -> BaseException | None:
    """The interrupt that an error was caused by, directly or through other errors; None = it is an error."""
    link: BaseException | None = problem
    while link is not None and isinstance(link, Exception):
        link = link.__cause__
    return link


@contextmanager
def interrupts_kept() -> Iterator[None]:
    """Inside, an interrupt that DuckDB reports as "Query interrupted" is raised as what it was."""
    try:
        yield
    except RuntimeError as problem:
        interrupt = interrupt_behind(problem)
        if interrupt is None:
            raise
        raise interrupt from None
