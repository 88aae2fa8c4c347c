"""What paging needs to know: which rows a request asks for, and what a page says of itself.

The one rule: rows are told by how many are before them, whatever a source counts in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Window:
    """The rows that one request asks for.

    Attributes:
        offset: how many rows are before the first.
        rows: how many at most.
        params: the query that asks for them.
    """

    offset: int
    rows: int
    params: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Page:
    """What paging needs to know of one answer.

    Attributes:
        ids: of the rows, in order; rows without one left out.
        rows: how many there are, those without an id included.
        next_offset: where the link to the next page leads; None without a link, negative for one that cannot
            be read.
        total: how many rows the whole listing has; None where the source does not say.
        blank: the places, from 1, of rows without an id: null, or something else that is no row.
        offset: how many rows it says are before its first one; None where it does not say.
    """

    ids: tuple[str, ...]
    rows: int
    next_offset: int | None
    total: int | None = None
    blank: tuple[int, ...] = ()
    offset: int | None = None


def by_offset(limit: int, limit_param: str, offset_param: str) -> Callable[[int], Window]:
    """Windows of a source that is asked for so many rows from any one."""

    def window(row: int) -> Window:
        return Window(row, limit, ((limit_param, str(limit)), (offset_param, str(row))))

    return window


def by_page(most: int, limit_param: str, page_param: str) -> Callable[[int], Window]:
    """Windows of a source that is asked for pages by number, of any length up to the most.

    Pages of one length share no rows, pages of two lengths do: the length is chosen by which the row stands as
    near the beginning of a page, and as far from its end, as it can. With 20 lengths or more, some page always
    has a row after it.
    """

    def window(row: int) -> Window:
        length = max(range(1, most + 1), key=lambda length: (length - row % length, length))
        number = row // length
        return Window(number * length, length, ((page_param, str(number + 1)), (limit_param, str(length))))

    return window


def windows_over(rows: int, window: Callable[[int], Window]) -> int:
    """How many windows go over so many rows, where each shares at least one with the one before."""
    windows, end = 1, (first := window(0)).offset + first.rows
    while end < rows:
        following = window(end - 1)
        windows, end = windows + 1, max(end + 1, following.offset + following.rows)
    return windows
