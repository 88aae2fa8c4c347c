"""Reads many cells of AniList with few requests.

The one rule: five pages cost as much as one, so a request is filled up: with pages of other cells first, then
with further pages of the same cell.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from adapters.anilist_pages import (
    LAST_PAGE,
    LEAST_IDS,
    SURE_IDS,
    Cell,
    Page,
    Paged,
    Row,
    asked_ids,
    first_row,
    odd,
    page_of,
    page_text,
    probe_text,
)
from adapters.base import Answer, Json, Request
from adapters.pagination import within


@dataclass(eq=False)
class _Open:
    """A cell that is being read."""

    cell: Cell
    is_due: bool
    next_page: int = 1
    seen: set[int] = field(default_factory=set)


#: A request for bigger blocks than AniList surely takes may fail so often before smaller ones are tried.
_FAILURES_OF_BIG_BLOCKS = 4

_Batch = Sequence[tuple[_Open, range]]


def _no_parts(cell: Cell) -> Sequence[Cell]:  # noqa: ARG001 - what a cell is split by
    """A cell that is not split."""
    return ()


def _unmoved() -> None:
    """Does nothing."""


def _no_blocks(cells: Sequence[Cell]) -> None:
    """Does nothing: cells that are no blocks of ids are not refused."""


def _never(rows: Sequence[Row]) -> bool:  # noqa: ARG001 - what others look at
    """All rows are wanted."""
    return False


class Walk:
    """Reads cells to their ends.

    Attributes:
        seen: ids of all rows.
        probed: the rows that the probes gave, by alias.
        requests: answers so far.
        lost: pages that were null, or empty where more was announced, however often they were asked for.
        cut: names of cells that have more than 5,000 rows and could not be split.
        unsure: ids of blocks whose answer stayed doubtful.
    """

    def __init__(
        self,
        paged: Paged,
        cells: Iterable[Cell],
        *,
        probes: Mapping[str, str] | None = None,
        split: Callable[[Cell], Sequence[Cell]] = _no_parts,
        accepted: Callable[[], None] = _unmoved,
        refused: Callable[[Sequence[Cell]], None] = _no_blocks,
        enough: Callable[[Sequence[Row]], bool] = _never,
    ) -> None:
        """A walk that has not asked yet.

        Args:
            paged: the list.
            cells: what to read; taken one by one, when there is room for it.
            probes: by alias, arguments and one field of a list whose first row is asked for beside the first pages.
            split: the parts of a cell that is too big.
            accepted: told that a request was not too big.
            refused: told which cells of a request are not read, since it was too big; `cells` may give them again.
            enough: whether the rows of a page show that the rest of the cell is not wanted; it is shown every page.
        """
        self.seen: set[int] = set()
        self.probed: dict[str, Row] = {}
        self.requests = self.lost = 0
        self.cut: list[str] = []
        self.unsure: set[int] = set()
        self._paged, self._probes = paged, dict(probes or {})
        self._waiting: deque[Cell] = deque()
        self._cells = iter(cells)
        self._open: list[_Open] = []
        self._split, self._accepted, self._refused, self._enough = split, accepted, refused, enough

    def run(self) -> Generator[Request, Answer, None]:
        """Ask until all cells are read."""
        while batch := self._batch():
            answer = yield self._request(batch)
            self.requests += 1
            if answer.document is None:
                # Every open cell has a page in every request.
                self._open.clear()
                self._refused([one.cell for one, _ in batch])
                continue
            self._accepted()
            self._probed(answer.document)
            came = self._pages(batch, answer.document)
            for cell, _ in self._oddities(came):
                self.unsure.update(cell.ids)
            for one, pages in came:
                self._take(one, pages)

    def _batch(self) -> _Batch:
        """The pages of the next request: every open cell's next one, and more where there is room."""
        while len(self._open) < self._paged.width:
            cell = self._waiting.popleft() if self._waiting else next(self._cells, None)
            if cell is None:
                break
            self._open.append(_Open(cell, cell.has_rows))
        share, rest = divmod(self._paged.width, max(1, len(self._open)))
        counts = [share + (place < rest) if one.is_due else 1 for place, one in enumerate(self._open)]
        return [
            (one, range(one.next_page, min(LAST_PAGE, one.next_page + count - 1) + 1))
            for one, count in zip(self._open, counts, strict=True)
        ]

    def _request(self, batch: _Batch) -> Request:
        """The request for some pages; `p0`, `p1`, ... are their aliases."""
        variables = {f"ids{place}": asked_ids(one.cell) for place, (one, _) in enumerate(batch) if one.cell.ids}
        lines = [
            page_text(self._paged, f"p{place}", number, one.cell.arguments.replace("$ids", f"$ids{cell}"))
            for place, (cell, one, number) in enumerate(
                (cell, one, number) for cell, (one, pages) in enumerate(batch) for number in pages
            )
        ]
        lines += [probe_text(self._paged, alias, wanted) for alias, wanted in self._probes.items()]
        declared = f"({', '.join(f'${name}: [Int]' for name in variables)})" if variables else ""
        most = max(len(one.cell.ids) for one, _ in batch)
        text = "\n".join([f"query Pages{declared} {{", *lines, "}", self._paged.text])
        return Request(
            key=" ".join(_pages_key(one.cell, pages) for one, pages in batch),
            body={"query": text, "variables": variables},
            may_be_missing=most > LEAST_IDS,
            told_after=_FAILURES_OF_BIG_BLOCKS if most > SURE_IDS else None,
            doubt=lambda document: self._doubt(batch, document),
        )

    def _doubt(self, batch: _Batch, document: Json) -> str | None:
        """Why an answer may not be the whole truth."""
        data = within(document, "data")
        for alias in self._probes:
            if not first_row(within(data, alias, self._paged.field)):
                return f"nothing is said of the {alias}"
        return next((reason for _, reason in self._oddities(self._pages(batch, document))), None)

    def _oddities(self, came: Sequence[tuple[_Open, Sequence[Page]]]) -> Iterator[tuple[Cell, str]]:
        """What is odd about the pages, one by one."""
        for one, pages in came:
            before, is_due = set(one.seen), one.is_due
            for page in pages:
                reason = odd(one.cell, page, before, is_due)
                if reason is not None:
                    yield one.cell, f"{one.cell.name}, page {page.number}: {reason}"
                before |= page.ids
                is_due = page.has_next is True

    def _pages(self, batch: _Batch, document: Json) -> list[tuple[_Open, list[Page]]]:
        """The pages of an answer, by cell."""
        data = within(document, "data")
        aliases = (f"p{place}" for place in range(sum(len(pages) for _, pages in batch)))
        return [
            (one, [page_of(within(data, next(aliases)), self._paged.field, number) for number in pages])
            for one, pages in batch
        ]

    def _probed(self, document: Json) -> None:
        """Note what the probes gave; they are asked once."""
        for alias in self._probes:
            row = first_row(within(document, "data", alias, self._paged.field))
            if row is not None:
                self.probed[alias] = row
        self._probes = {}

    def _take(self, one: _Open, pages: Sequence[Page]) -> None:
        """Note what a cell's pages show, and whether it goes on."""
        shown = [page for page in pages if page.rows]
        self.lost += sum(not page.is_given for page in pages)
        # The page before said that there is more, and nothing came however often it was asked for.
        self.lost += not shown and one.next_page > 1 and all(page.is_given for page in pages)
        is_enough = False
        for page in shown:
            one.seen |= page.ids
            is_enough = self._enough(page.rows) or is_enough
        self.seen |= one.seen
        one.next_page, one.is_due = pages[-1].number + 1, True
        goes_on = bool(shown) and shown[-1].may_go_on and not is_enough
        if goes_on and one.next_page <= LAST_PAGE:
            return
        self._open.remove(one)
        if goes_on:
            parts = self._split(one.cell)
            self._waiting.extend(parts)
            self.cut += [] if parts else [one.cell.name]


def _pages_key(cell: Cell, pages: range) -> str:
    """Some pages of a cell in a request's key."""
    return f"{cell.name}@{pages[0]}" + (f"-{pages[-1]}" if len(pages) > 1 else "")
