"""Reads those of Jikan's listings that have no order to hold on to: seasons, and titles by their start.

The one rule: what has moved up while it was read is looked for on the pages before. Rows that tie change places
from one answer to the next, so that no row tells whether a page follows upon the last one; the count does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator
from dataclasses import dataclass, field, replace
from math import ceil

from adapters.base import Answer, Json, Request
from adapters.jikan_reading import Page, page_of

#: Rows a page: the most that are given.
PER_PAGE = 25
#: No listing of titles is longer: 100,000 titles.
_MOST_PAGES = 4000
#: So many pages in a row without a new title end a listing that has no order.
_MOST_STALE = 3
#: Rows that go while they are read move the others up: pages before are read once more, so many at most.
_MOST_REREADS = 100
_NO_PAGE = Page((), None, None, None)


@dataclass(frozen=True)
class DriftingListing:
    """One listing of titles that has no order to hold on to.

    Attributes:
        name: what the keys of its pages begin with.
        path: where it is.
        params: its query, paging aside.
        is_past: whether a page and all after it are not wanted.
    """

    name: str
    path: str
    params: tuple[tuple[str, str], ...] = ()
    is_past: Callable[[Page], bool] | None = None


@dataclass
class Seen:
    """What a crawl has seen so far.

    Attributes:
        ids: of titles, in the order in which they were first seen.
        notes: counters, for people.
    """

    ids: dict[str, None] = field(default_factory=dict)
    notes: Counter[str] = field(default_factory=Counter)


def drift_along(listing: DriftingListing, seen: Seen) -> Generator[Request, Answer, None]:
    """Ask for a listing page by page until its end."""
    number, before, stale = 1, _NO_PAGE, 0
    while number <= _MOST_PAGES and stale < _MOST_STALE:
        answer = yield _request(listing, number, before)
        page = page_of(answer.document)
        seen.notes["pages"] += 1
        known = sum(one in seen.ids for one in page.ids)
        lost = before.total - page.total if before.total is not None and page.total is not None else 0
        for back in range(min(number - 1, ceil(lost / PER_PAGE), _MOST_REREADS - seen.notes["rereads"]), 0, -1):
            yield from _reread(listing, number, back, seen)
        if not page.rows or page.ids == before.ids:
            return
        stale = stale + 1 if known == len(page.ids) else 0
        seen.notes["repeated"] += known
        seen.ids.update(dict.fromkeys(page.ids))
        if (listing.is_past and listing.is_past(page)) or not _leads_on(page, number):
            return
        number, before = number + 1, page


def _reread(listing: DriftingListing, number: int, back: int, seen: Seen) -> Generator[Request, Answer, None]:
    """Ask for a page before this one once more: rows have gone, and others have moved up into it."""
    seen.notes["rereads"] += 1

    def doubt(document: Json) -> str | None:
        page = page_of(document)
        is_other = not page.rows or page.number not in (None, number - back)
        return "it is another page" if is_other else _blank(page)

    again = _request(listing, number - back, _NO_PAGE)
    answer = yield replace(again, key=f"{again.key}.{number}", doubt=doubt)
    seen.ids.update(dict.fromkeys(page_of(answer.document).ids))


def _blank(page: Page) -> str | None:
    """Doubt rows without an id, told by their places: another one that is missing next time confirms nothing."""
    return f"rows without an id: {', '.join(map(str, page.blank))}" if page.blank else None


def _request(listing: DriftingListing, number: int, before: Page) -> Request:
    """The request for one page."""

    def doubt(document: Json) -> str | None:
        page = page_of(document)
        reasons = {
            "it is another page": page.number not in (None, number),
            "it shows the page before once more": bool(page.ids) and page.ids == before.ids,
            "it is empty, though there should be rows": not page.rows
            and (number == 1 or _leads_on(before, number - 1)),
            "it has fewer rows than it should": len(page.rows) < _least_rows(page, number),
            "it says it is the last, though more rows are counted": page.has_next is not True
            and _counts_more(page, number),
            "it is full, and does not say what follows": page.has_next is not True
            and page.total is None
            and len(page.rows) >= PER_PAGE,
        }
        return next((reason for reason, holds in reasons.items() if holds), _blank(page))

    paging = (("page", str(number)), ("limit", str(PER_PAGE)))
    return Request(
        key=f"{listing.name}@{number}",
        path=listing.path,
        params=(*listing.params, *paging),
        may_be_missing=True,
        doubt=doubt,
    )


def _least_rows(page: Page, number: int) -> int:
    """How many rows a page has, going by what it says follows, and by the source's own count."""
    if page.has_next is True:
        return PER_PAGE
    return min(PER_PAGE, (page.total or 0) - (number - 1) * PER_PAGE)


def _leads_on(page: Page, number: int) -> bool:
    """Whether a page follows: it says so, or the source's own count does."""
    return page.has_next is True or _counts_more(page, number)


def _counts_more(page: Page, number: int) -> bool:
    """Whether the source counts more rows than so many pages hold."""
    return page.total is not None and page.total > number * PER_PAGE
