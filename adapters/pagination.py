"""Follows listings that are paged by offset, on services whose rows move while they are read.

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

#: How often one walk steps back at most; more is no deletion of a few rows but a listing without an order.
MOST_REREADS = 200
_UNREADABLE = -1


@dataclass(frozen=True)
class Page:
    """What paging needs to know of one answer.

    Attributes:
        ids: of the rows, in order; rows without one left out.
        rows: how many there are, those without an id included.
        next_offset: where the link to the next page leads; None without a link, negative for one that cannot
            be read.
        total: how many rows the whole listing has; None where the source does not say.
    """

    ids: tuple[str, ...]
    rows: int
    next_offset: int | None
    total: int | None = None


@dataclass(frozen=True)
class Listing:
    """One listing that is read page by page.

    Attributes:
        first: the request for it without limit and offset; its key is the listing's name.
        limit: rows a page.
        limit_param: how the source calls the limit.
        offset_param: how the source calls the offset.
        page: reads an answer.
        overlap: rows that each page shares with the one before.
        may_be_empty: whether a listing without rows is nothing odd.
        last: says of an answer whether the rest of the listing is not wanted; None = all is wanted.
        doubt: looks at an answer beyond its paging.
    """

    first: Request
    limit: int
    limit_param: str
    offset_param: str
    page: Callable[[Json], Page]
    overlap: int = 1
    may_be_empty: bool = False
    last: Callable[[Json], bool] | None = None
    doubt: Doubt | None = None


@dataclass
class Walked:
    """What a walk has seen.

    Attributes:
        ids: the distinct ids, in the order in which they were first seen.
        pages: answers with rows, those asked for again included.
        rereads: steps back.
        gaps: pages taken although rows before them may be missing.
        total: how many rows the source said there are, last time it said so.
        missing: why there was no listing; '' where there was one.
    """

    ids: dict[str, None] = field(default_factory=dict)
    pages: int = 0
    rereads: int = 0
    gaps: int = 0
    total: int | None = None
    missing: str = ""


def walk(listing: Listing) -> Generator[Request, Answer, Walked]:
    """Ask for a listing page by page until its end.

    Raises:
        LoopDetected: when a page leads to itself or to one before it.
        Misunderstood: when a link to the next page states no offset.
    """
    walked = Walked()
    visits: Counter[int] = Counter()
    offset: int | None = 0
    before: tuple[str, ...] = ()
    # Pages that made the walk step back: one that shows the same again is taken as it is.
    shown: dict[int, tuple[str, ...]] = {}
    while offset is not None:
        visits[offset] += 1
        answer = yield _request(listing, offset, visits[offset], before)
        if answer.document is None:
            walked.missing = answer.missing
            return walked
        page = listing.page(answer.document)
        walked.pages += 1
        walked.total = walked.total if page.total is None else page.total
        before = page.ids
        # A page of nothing but rows without ids cannot tell.
        if offset and (page.ids or not page.rows) and walked.ids.keys().isdisjoint(page.ids):
            if shown.get(offset) != page.ids and walked.rereads < MOST_REREADS:
                # Its rows are not counted yet: the walk comes past them again.
                walked.rereads += 1
                shown[offset] = page.ids
                offset = max(0, offset - listing.limit + listing.overlap)
                continue
            walked.gaps += 1
        walked.ids.update(dict.fromkeys(page.ids))
        done = listing.last is not None and listing.last(answer.document)
        offset = None if done else _following(listing, offset, page, walked.total)
    return walked


def offset_of(link: Json, param: str) -> int | None:
    """The offset that a link to the next page states; None without a link, negative where it states none."""
    if link is None:
        return None
    try:
        words = parse_qs(urlsplit(link).query).get(param, [])
    except (ValueError, TypeError, AttributeError):
        # A link that is no address states nothing.
        return _UNREADABLE
    return int(words[-1]) if words and words[-1].isdecimal() else _UNREADABLE


def objects(document: Json, name: str = "data") -> list[Mapping[str, Json]]:
    """The objects of a list in a document; what is no object is left out."""
    items = document.get(name) if isinstance(document, Mapping) else None
    return [item for item in items if isinstance(item, Mapping)] if isinstance(items, Sequence) else []


def within(document: Json, *names: str) -> Json:
    """What stands under a path of names in a document; None where there is nothing."""
    for name in names:
        document = document.get(name) if isinstance(document, Mapping) else None
    return document


def _following(listing: Listing, offset: int, page: Page, total: int | None) -> int | None:
    """Where the walk goes on; None at the end."""
    if page.next_offset is None:
        # A page may say it is the last where the source's own count says otherwise: that was asked often enough.
        onward = offset + listing.limit - listing.overlap
        return onward if total is not None and offset + page.rows < total and onward < total else None
    if page.next_offset < 0:
        raise Misunderstood(f"{listing.first.key}: the page at offset {offset} has a next link without an offset")
    if page.next_offset <= offset:
        raise LoopDetected(
            f"{listing.first.key}: the page at offset {offset} leads to offset {page.next_offset}, which was read"
        )
    return max(offset + 1, page.next_offset - listing.overlap)


def _request(listing: Listing, offset: int, visit: int, before: tuple[str, ...]) -> Request:
    """The request for one page."""

    def doubt(document: Json) -> str | None:
        reason = listing.doubt(document) if listing.doubt else None
        return reason or _odd(listing, offset, listing.page(document), before)

    again = f".{visit}" if visit > 1 else ""
    paging = ((listing.limit_param, str(listing.limit)), (listing.offset_param, str(offset)))
    first = listing.first
    return replace(first, key=f"{first.key}@{offset}{again}", params=(*first.params, *paging), doubt=doubt)


def _odd(listing: Listing, offset: int, page: Page, before: tuple[str, ...]) -> str | None:
    """Why a page may not be the whole truth; None = nothing is odd about it."""
    leads_on = page.next_offset is not None
    reasons = {
        "it shows the page before once more": bool(page.ids) and page.ids == before,
        "it is empty, though there should be rows": not page.rows
        and (leads_on or offset > 0 or not listing.may_be_empty),
        "it leads to a page that was read": page.next_offset is not None and page.next_offset <= offset,
        "it has fewer rows than it should": leads_on and page.total is not None and page.rows < listing.limit,
        "it says it is the last, though more rows are counted": not leads_on
        and page.total is not None
        and offset + page.rows < page.total,
        "it is full, and says it is the last": not leads_on and page.total is None and page.rows >= listing.limit,
    }
    return next((reason for reason, holds in reasons.items() if holds), None)
