"""The cells that AniList's anime are read in: windows of start dates, and blocks of ids.

The one rule: windows are disjoint and hold every start date; what has no start date is in none of them, so
whatever the windows did not show is asked for by its id.
"""

from __future__ import annotations

from bisect import bisect_left
from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice

from adapters.anilist_pages import HIGHEST_ID, IDS, LEAST_IDS, SURE_IDS, Cell, Row
from adapters.pagination import within

#: Years in which windows begin; from the last one on, three years make a window. None holds half of 5,000 so far.
_FIRST_YEARS = (1940, 1970, 1985, 1995, 2000, 2004)
_YEARS = 3
#: A last year that stands for no end.
FOR_EVER = 9999
#: An open window is split into so many months and the rest, unless that lies before or after these months.
_OPEN_MONTHS, _NEVER = 50 * 12, (1800 * 12, 2200 * 12)
#: More ids than this are not asked for by one page.
_MOST_IDS = 5000
#: After the first refusal so many requests come through before bigger blocks are tried, after the next twice as many.
_PATIENCE = 16
_UPCOMING, _CANCELLED = "NOT_YET_RELEASED", "CANCELLED"


def all_windows(today: date) -> list[Cell]:
    """Windows over all start dates, in order, the first and the last one open."""
    begins = [year * 12 for year in _begins(today.year + 1)]
    return [
        window(first, last)
        for first, last in zip([None, *begins], [*(begin - 1 for begin in begins), None], strict=True)
    ]


def windows_of(first_year: int, last_year: int) -> list[Cell]:
    """Windows over the start dates of some years; [] where the last year is before the first.

    A first year of 0 stands for "since ever", a last one of `FOR_EVER` for no end.
    """
    if last_year >= FOR_EVER:
        return [window(first_year * 12, None)]
    begins = [first_year, *(year for year in _begins(last_year) if year > first_year)]
    ends = [*(year - 1 for year in begins[1:]), last_year]
    return [
        window(begin * 12 if begin > 0 else None, end * 12 + 11, has_rows=True)
        for begin, end in zip(begins, ends, strict=True)
        if end >= begin
    ]


def upcoming() -> Cell:
    """Titles that are announced, most of the undated ones among them."""
    return _of_status(_UPCOMING)


def cancelled() -> Cell:
    """Titles that were called off, which often have no dates either."""
    return _of_status(_CANCELLED)


def window(first: int | None, last: int | None, *, has_rows: bool = False) -> Cell:
    """The cell of the start dates from one month to another.

    Source: AniList's FuzzyDateInt: YYYYMMDD, unknown parts 0; its comparisons leave the date itself out.

    Args:
        first: months since the year 0; None = since ever.
        last: the same, included; None = for ever.
        has_rows: whether something surely started then.
    """
    after = -1 if first is None else _last_day(first - 1)
    before = 10**8 if last is None else (last + 1) // 12 * 10_000 + _month_digits(last + 1)
    arguments = ["sort: [ID]"]
    arguments += [] if first is None else [f"startDate_greater: {after}"]
    arguments += [] if last is None else [f"startDate_lesser: {before}"]

    def holds(row: Row) -> bool:
        found = [within(row, "startDate", part) for part in ("year", "month", "day")]
        start = [part if isinstance(part, int) else 0 for part in found]
        return start[0] > 0 and after < start[0] * 10_000 + start[1] * 100 + start[2] < before

    return Cell(_months(first, last), ", ".join(arguments), holds, has_rows, span=(first, last))


def halves_of_window(cell: Cell) -> Sequence[Cell]:
    """Two windows for one that holds too much; () for a single month, and where nothing can have started."""
    first, last = cell.span
    if first is not None and last is not None:
        middle = (first + last) // 2
        if last - first > 12:
            # Between two years rather than within one.
            middle = min(middle // 12 * 12 + 11, last - 1)
        return (window(first, middle), window(middle + 1, last)) if first < last else ()
    if first is not None and first < _NEVER[1]:
        middle = first + _OPEN_MONTHS
    elif last is not None and last > _NEVER[0]:
        middle = last - _OPEN_MONTHS
    else:
        return ()
    return window(first, middle), window(middle + 1, last)


class Blocks:
    """Ids to ask for by name, in blocks that grow as long as AniList takes them; an iterator.

    Every block also asks for an id that exists: an answer without that one was to another question.
    """

    def __init__(self, name: str, ids: Iterable[int], existing: Sequence[int]) -> None:
        """Blocks of ids.

        Args:
            name: in the keys of requests.
            ids: in ascending order; taken when there is room for them.
            existing: ids that AniList is known to have, in ascending order.
        """
        self._name, self._ids, self._existing = name, iter(ids), existing
        #: Ids of refused blocks, in ascending order: all of them below those that were not asked for yet.
        self._refused: list[int] = []
        self._size, self._most = SURE_IDS, _MOST_IDS
        #: Requests that are to come through before bigger blocks are tried; and how many after the next refusal.
        self._until_bigger, self._patience = 0, _PATIENCE
        self._used: set[int] = set()
        self._named: Counter[str] = Counter()

    def __iter__(self) -> Iterator[Cell]:
        """Itself: blocks may follow the last one, where that was refused."""
        return self

    def __next__(self) -> Cell:
        """The next block, as big as is right by now."""
        again, self._refused = self._refused[: self._size], self._refused[self._size :]
        ids = (*again, *islice(self._ids, self._size - len(again)))
        if not ids:
            raise StopIteration
        return self._block(ids)

    def grow(self) -> None:
        """AniList took some blocks: bigger ones from now on, after a while also than it has refused once."""
        self._until_bigger -= 1
        if self._until_bigger <= 0:
            self._most = _MOST_IDS
        self._size = min(self._most, self._size * 2)

    def refuse(self, cells: Sequence[Cell]) -> None:
        """AniList refused some blocks, or failed to make their pages: their ids are asked for in smaller ones.

        The next ones are of a size that it surely takes: whether it takes anything is seen from these.
        """
        self._refused = sorted({*self._refused, *(one for cell in cells for one in cell.ids)})
        self._most = max(LEAST_IDS, max(len(cell.ids) for cell in cells) // 2)
        self._size = min(SURE_IDS, self._most)
        self._until_bigger, self._patience = self._patience, self._patience * 2

    def _block(self, ids: tuple[int, ...]) -> Cell:
        """The cell of some ids."""
        expects = self._one_below(ids[0])
        members = frozenset(ids) if expects is None else frozenset((*ids, expects))
        name = f"{IDS}{self._name}{ids[0]}-{ids[-1]}"
        self._named[name] += 1
        name += f" ({self._named[name]})" if self._named[name] > 1 else ""
        return Cell(name, "sort: [ID], id_in: $ids", lambda row: row["id"] in members, ids=ids, expects=expects)

    def _one_below(self, first: int) -> int | None:
        """An id that exists and comes before the block, so that it stands on its first page; another each time."""
        place = bisect_left(self._existing, first) - 1
        while place >= 0 and self._existing[place] in self._used:
            place -= 1
        if place < 0 and not self._existing:
            return None
        chosen = self._existing[max(place, 0)]
        self._used.add(chosen)
        return chosen


def numbers(texts: Sequence[str]) -> list[int]:
    """Ids as numbers, ascending, each once; what AniList could not take as an id is left out."""
    plain = {int(text) for text in texts if text.isascii() and text.isdecimal()}
    return sorted(number for number in plain if 0 < number <= HIGHEST_ID)


def _begins(last: int) -> list[int]:
    """The years in which windows begin, up to the last one."""
    return [year for year in (*_FIRST_YEARS, *range(_FIRST_YEARS[-1] + _YEARS, last + 1, _YEARS)) if year <= last]


def _of_status(status: str) -> Cell:
    """The cell of a status."""
    return Cell(status, f"sort: [ID], status: {status}", lambda row: row.get("status") == status)


def _last_day(month: int) -> int:
    """The last date of a month as a FuzzyDateInt."""
    year, place = divmod(month, 12)
    return year * 10_000 + (place + 1) * 100 + monthrange(max(1, year), place + 1)[1]


def _month_digits(month: int) -> int:
    """The month with which its first date is written; 0 for January, which dates without a month belong to."""
    place = month % 12
    return (place + 1) * 100 if place else 0


def _months(first: int | None, last: int | None) -> str:
    """How a window is called: years where it holds whole ones."""

    def name(month: int | None, whole: int) -> str:
        if month is None:
            return ""
        return str(month // 12) if month % 12 == whole else f"{month // 12}/{month % 12 + 1}"

    return f"{name(first, 0)}-{name(last, 11)}"
