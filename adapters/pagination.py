"""Follows listings that are paged by row or by page, on services whose rows move while they are read.

The one rule: each page but the first must show at least one row that was seen before. Pages are asked for with a
small overlap; one that shows only new rows means that rows before it were deleted, and the walk steps back.

Of a link to the next page only the offset is taken: every request goes to the configured host and names the
listing that the crawl wanted, whatever a link says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qs, urlsplit

from adapters.base import Answer, Doubt, Json, Request
from adapters.errors import LoopDetected, Misunderstood
from adapters.windows import Page, Window

#: How often one walk steps back at most; more is no deletion of a few rows but a listing without an order.
MOST_REREADS = 200
#: Pages that were taken in doubt and are looked at once more at the end of a walk, at most.
MOST_SECOND_LOOKS = 50
#: So many pages in a row without a new row are a loop.
_MOST_STALE = 3
_UNREADABLE = -1
#: An offset of more digits is none.
_MOST_DIGITS = 9


@dataclass(frozen=True)
class Listing:
    """One listing that is read page by page.

    Attributes:
        first: the request for it without paging; its key is the listing's name.
        window: the widest window that has a row, told by how many rows are before that one, near its beginning.
        page: reads an answer to the request for a window.
        overlap: rows that each page shares with the one before.
        may_be_empty: whether a listing without rows is nothing odd.
        last: says of an answer whether the rest of the listing is not wanted; None = all is wanted.
        doubt: looks at an answer beyond its paging.
        start: how many rows are before the first that is wanted.
        end: how many rows are before the first that is not wanted any more; None = all are.
    """

    first: Request
    window: Callable[[int], Window]
    page: Callable[[Json, Window], Page]
    overlap: int = 1
    may_be_empty: bool = False
    last: Callable[[Json], bool] | None = None
    doubt: Doubt | None = None
    start: int = 0
    end: int | None = None


@dataclass
class Walked:
    """What a walk has seen.

    Attributes:
        ids: the distinct ids, in the order in which they were first seen.
        pages: answers with rows, those asked for again included.
        rereads: steps back.
        gaps: pages taken although rows before them may be missing.
        blanks: pages taken although some of their rows have no id.
        total: how many rows the source said there are, last time it said so.
        missing: why there was no listing; '' where there was one.
        missing_status: of the reply that said so; None where there was none.
    """

    ids: dict[str, None] = field(default_factory=dict)
    pages: int = 0
    rereads: int = 0
    gaps: int = 0
    blanks: int = 0
    total: int | None = None
    missing: str = ""
    missing_status: int | None = None

    @property
    def not_seen(self) -> int:
        """Rows that the source counts and that were not among those seen; 0 where it does not count."""
        return max(0, (self.total or 0) - len(self.ids))


def walk(listing: Listing) -> Generator[Request, Answer, Walked]:
    """Ask for a listing page by page until its end; then once more for the pages that were taken in doubt.

    Raises:
        LoopDetected: when a page leads to itself or to one before it, or pages show the same rows for ever.
        Misunderstood: when a link to the next page states no offset.
    """
    walking = _Walking(listing)
    walked = walking.walked
    row: int | None = listing.start
    while row is not None:
        window = listing.window(row)
        answer = yield walking.request(window)
        if answer.document is None:
            walked.missing, walked.missing_status = answer.missing, answer.status
            return walked
        row = walking.take(window, answer.document)
    for row in list(walking.doubtful)[:MOST_SECOND_LOOKS]:
        if walked.total is None or walked.not_seen:
            window = walking.window_again(row)
            answer = yield walking.request(window)
            if answer.document is not None:
                walked.ids.update(dict.fromkeys(listing.page(answer.document, window).ids))
    return walked


class _Walking:
    """A walk on its way.

    Attributes:
        walked: what it has seen.
        doubtful: rows of pages that may have more to show: some of their rows had no id, or some were missed.
    """

    def __init__(self, listing: Listing) -> None:
        self.walked, self.doubtful = Walked(), dict[int, None]()
        self._listing, self._visits = listing, Counter[int]()
        self._before: tuple[str, ...] = ()
        # Pages that made the walk step back: one that shows the same again is taken as it is.
        self._shown: dict[int, tuple[str, ...]] = {}
        # The furthest that a page went, and pages in a row that went further and showed nothing new.
        self._end = self._stale = 0

    def request(self, window: Window) -> Request:
        """The request for one page."""
        self._visits[window.offset] += 1
        if self._visits[window.offset] > MOST_REREADS + 2:
            raise LoopDetected(f"{self._listing.first.key}: the walk comes back to offset {window.offset} for ever")
        again = f".{visit}" if (visit := self._visits[window.offset]) > 1 else ""
        first, listing, before = self._listing.first, self._listing, self._before

        def doubt(document: Json) -> str | None:
            reason, page = listing.doubt(document) if listing.doubt else None, listing.page(document, window)
            return reason or _odd(listing, window, page, before) or self._stands_still(window, page)

        key = f"{first.key}@{window.offset}{again}"
        return replace(first, key=key, params=(*first.params, *window.params), doubt=doubt)

    def window_again(self, row: int) -> Window:
        """A window that is asked for out of order."""
        self._before = ()
        return self._listing.window(row)

    def take(self, window: Window, document: Json) -> int | None:
        """Take a page; returns how many rows are before the one that is wanted next, None at the end."""
        walked, listing, page = self.walked, self._listing, self._listing.page(document, window)
        walked.pages += 1
        walked.total = walked.total if page.total is None else page.total
        self._before = page.ids
        earlier = max(0, window.offset - window.rows + listing.overlap)
        # A page of nothing but rows without ids cannot tell.
        if window.offset > listing.start and (page.ids or not page.rows) and walked.ids.keys().isdisjoint(page.ids):
            if self._shown.get(window.offset) != page.ids and walked.rereads < MOST_REREADS:
                # Its rows are not counted yet: the walk comes past them again.
                walked.rereads += 1
                self._shown[window.offset] = page.ids
                return earlier
            walked.gaps += 1
            self.doubtful[earlier] = None
        if page.blank:
            walked.blanks += 1
            self.doubtful[window.offset] = None
        self._check_for_loop(window, page)
        walked.ids.update(dict.fromkeys(page.ids))
        done = listing.last is not None and listing.last(document)
        is_over = listing.end is not None and window.offset + window.rows >= listing.end
        return None if done or is_over else _following(listing, window, page, walked.total)

    def _stands_still(self, window: Window, page: Page) -> str | None:
        """Doubt a page that goes further than all before it, and shows nothing that they have not shown."""
        is_ahead = window.offset + window.rows > self._end
        is_known = bool(page.ids) and self.walked.ids.keys() >= set(page.ids)
        return "it shows nothing that was not shown before" if is_ahead and is_known else None

    def _check_for_loop(self, window: Window, page: Page) -> None:
        """Raise LoopDetected where the walk goes on and on and meets nothing new."""
        self._stale = self._stale + 1 if self._stands_still(window, page) else 0
        self._end = max(self._end, window.offset + window.rows)
        if self._stale >= _MOST_STALE:
            raise LoopDetected(f"{self._listing.first.key}: pages up to offset {window.offset} show nothing new")


def offset_of(link: Json, param: str) -> int | None:
    """The offset that a link to the next page states; None without a link, negative where it states none."""
    if link is None:
        return None
    try:
        words = parse_qs(urlsplit(link).query).get(param, [])
    except (ValueError, TypeError, AttributeError):
        # A link that is no address states nothing.
        return _UNREADABLE
    return int(words[-1]) if words and words[-1].isdecimal() and len(words[-1]) <= _MOST_DIGITS else _UNREADABLE


def objects(document: Json, name: str = "data") -> list[Mapping[str, Json]]:
    """The objects of a list in a document; what is no object is left out."""
    items = document.get(name) if isinstance(document, Mapping) else None
    return [item for item in items if isinstance(item, Mapping)] if isinstance(items, Sequence) else []


def within(document: Json, *names: str) -> Json:
    """What stands under a path of names in a document; None where there is nothing."""
    for name in names:
        document = document.get(name) if isinstance(document, Mapping) else None
    return document


def _following(listing: Listing, window: Window, page: Page, total: int | None) -> int | None:
    """The row that the walk goes on with; None at the end."""
    end, name = window.offset + window.rows, listing.first.key
    if page.next_offset is None:
        # A page may say it is the last where the source's own count says otherwise: that was asked often enough.
        onward = end - listing.overlap
        return onward if total is not None and window.offset + page.rows < total and onward < total else None
    if page.next_offset < 0:
        raise Misunderstood(f"{name}: the page at offset {window.offset} has a next link without an offset")
    if page.next_offset <= window.offset:
        raise LoopDetected(
            f"{name}: the page at offset {window.offset} leads to offset {page.next_offset}, which was read"
        )
    # A link that leads further than the page goes would leave rows out.
    return max(window.offset + 1, min(page.next_offset, end) - listing.overlap)


def _odd(listing: Listing, window: Window, page: Page, before: tuple[str, ...]) -> str | None:
    """Why a page may not be the whole truth; None = nothing is odd about it."""
    leads_on, counts = page.next_offset is not None, page.total is not None
    reasons = {
        "it is another page": page.offset not in (None, window.offset),
        "it shows the page before once more": bool(page.ids) and page.ids == before,
        "it is empty, though there should be rows": not page.rows
        and (leads_on or window.offset > listing.start or not listing.may_be_empty),
        # Told by their places: another row that is missing next time confirms nothing.
        f"rows without an id: {', '.join(map(str, page.blank))}": bool(page.blank),
        "it leads to a page that was read": page.next_offset is not None and page.next_offset <= window.offset,
        "it has fewer rows than it should": leads_on and counts and page.rows < window.rows,
        "it says it is the last, though more rows are counted": not leads_on
        and page.total is not None
        and window.offset + page.rows < page.total,
        "it is full, and says it is the last": not leads_on and not counts and page.rows >= window.rows,
    }
    return next((reason for reason, holds in reasons.items() if holds), None)
