"""Jikan: MyAnimeList's catalogue and reviews without a key, read from MyAnimeList's pages by somebody else.

The one rule: what Jikan cannot read is not there *yet*. A fault is asked for again or stops the crawl; it never
becomes a title without a score.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import ceil

from adapters.base import Answer, Crawl, CrawlEnd, Json, Manners, Plan, Request, Source, Stream
from adapters.errors import LoopDetected, Misunderstood
from adapters.jikan_reading import Page, has_id, page_of, read, records, within
from adapters.jikan_reviews import crawl_reviews, forecast_reviews, redact_reviews, review_records

#: Rows a page: the most that are given.
PER_PAGE = 25
#: Titles that MyAnimeList has, about, where nobody knows better; and those that start in a year.
USUAL_TITLES, USUAL_YEAR = 30_000, 500
#: Known titles that listings do not show any more and that one full crawl asks for by id.
MOST_LOST = 2000
#: No listing of titles is longer: 100,000 titles.
_MOST_PAGES = 4000
#: Pages of titles that are on air, and announced, about.
_USUAL_SEASONS = 40
#: So many pages in a row without a new title end a listing that has no order.
_MOST_STALE = 3
_NO_PAGE = Page((), None, None, None)
#: Rows that go while they are read move the others up: the page before is read once more, so often at most.
_MOST_REREADS = 100


@dataclass(frozen=True)
class _Listing:
    """One listing of titles.

    Attributes:
        name: what the keys of its pages begin with.
        path: where it is.
        params: its query, paging aside.
        is_by_id: whether rows come in the order of their ids, so that none may come twice.
        is_past: whether a page and all after it are not wanted.
    """

    name: str
    path: str
    params: tuple[tuple[str, str], ...] = ()
    is_by_id: bool = False
    is_past: Callable[[Page], bool] | None = None


@dataclass
class _Seen:
    """What a crawl has seen so far.

    Attributes:
        ids: of titles, in the order in which they were first seen.
        notes: counters, for people.
    """

    ids: dict[str, None] = field(default_factory=dict)
    notes: Counter[str] = field(default_factory=Counter)


def crawl_anime(plan: Plan) -> Crawl:
    """The titles that a plan wants.

    `full`: all by id; then the known ones that were not among them, one by one. `refresh`: what is on air or
    announced, since Jikan tells no update times. `range`: what started in certain years. Then `plan.ids`.

    Raises:
        LoopDetected: when the listing of all titles shows the same ones for ever.
        Misunderstood: when it is empty, or for a plan of another kind.
    """
    seen = _Seen()
    for listing in _listings(plan):
        yield from _walk(listing, seen)
    wanted = dict.fromkeys(one for one in plan.ids if one not in seen.ids)
    if plan.kind == "full":
        if not seen.ids:
            raise Misunderstood("the listing of all titles is empty, which cannot be; run again later")
        lost = [one for one in plan.known if one not in seen.ids and one not in wanted]
        wanted |= dict.fromkeys(lost[:MOST_LOST])
        seen.notes["lost_left_for_later"] = len(lost[MOST_LOST:])
    gone = yield from _one_by_one(wanted, seen)
    notes = {name: count for name, count in seen.notes.items() if count}
    return CrawlEnd(None, gone, notes | {"titles": len(seen.ids)})


def forecast_anime(plan: Plan, known: int, by_year: Mapping[int, int]) -> int:
    """How many requests a plan will take."""
    if plan.kind == "full":
        return ceil((known or USUAL_TITLES) / PER_PAGE) + 1 + len(plan.ids)
    if plan.kind == "refresh":
        return _USUAL_SEASONS + len(plan.ids)
    first, last = plan.years or (plan.today.year, plan.today.year)
    titles = sum(by_year.get(year, USUAL_YEAR if not by_year else 0) for year in range(first, last + 1))
    return ceil(titles / PER_PAGE) + 1 + len(plan.ids)


def _listings(plan: Plan) -> Iterable[_Listing]:
    """The listings that a plan reads."""
    if plan.kind == "full":
        return (_Listing("anime", "/anime", (("order_by", "mal_id"), ("sort", "asc")), is_by_id=True),)
    if plan.kind == "refresh":
        return (_Listing("now", "/seasons/now"), _Listing("upcoming", "/seasons/upcoming"))
    if plan.kind == "range" and plan.years:
        first, last = plan.years
        # end_date is about when a title ended, not when it began: the end of the range is found on the way.
        params = (("start_date", f"{first:04}-01-01"), ("order_by", "start_date"), ("sort", "asc"))
        return (_Listing(f"from{first}", "/anime", params, is_past=lambda page: _starts_after(page, last)),)
    raise Misunderstood(f"jikan cannot read a plan of the kind {plan.kind!r}")


def _walk(listing: _Listing, seen: _Seen) -> Generator[Request, Answer, None]:
    """Ask for a listing page by page until its end."""
    number, before, stale = 1, _NO_PAGE, 0
    while number <= _MOST_PAGES and stale < _MOST_STALE:
        answer = yield _request(listing, number, before, seen)
        page = page_of(answer.document)
        seen.notes["pages"] += 1
        known = sum(one in seen.ids for one in page.ids)
        if (page.total or 0) < (before.total or 0) and seen.notes["rereads"] < _MOST_REREADS:
            yield from _reread(listing, number, seen)
        if not page.rows or (page.ids == before.ids and not listing.is_by_id):
            return
        stale = stale + 1 if known == len(page.ids) else 0
        if stale and listing.is_by_id:
            raise LoopDetected(f"page {number} of {listing.path} shows titles that pages before it have shown")
        seen.notes["repeated"] += known
        seen.ids.update(dict.fromkeys(page.ids))
        if (listing.is_past and listing.is_past(page)) or not _leads_on(page, number):
            return
        number, before = number + 1, page


def _reread(listing: _Listing, number: int, seen: _Seen) -> Generator[Request, Answer, None]:
    """Ask for the page before once more: rows have gone, and others have moved up into it."""
    seen.notes["rereads"] += 1

    def doubt(document: Json) -> str | None:
        page = page_of(document)
        return None if page.rows and page.number in (None, number - 1) else "it is another page"

    again = _request(listing, number - 1, _NO_PAGE, seen)
    answer = yield replace(again, key=f"{again.key}.{number}", doubt=doubt)
    seen.ids.update(dict.fromkeys(page_of(answer.document).ids))


def _request(listing: _Listing, number: int, before: Page, seen: _Seen) -> Request:
    """The request for one page."""

    def doubt(document: Json) -> str | None:
        page = page_of(document)
        known = [one for one in page.ids if one in seen.ids]
        reasons = {
            "it is another page": page.number not in (None, number),
            "it shows the page before once more": bool(page.ids) and page.ids == before.ids,
            "it shows titles that were shown before": listing.is_by_id and bool(known),
            "it is empty, though there should be rows": not page.rows
            and (number == 1 or _leads_on(before, number - 1)),
            "it has fewer rows than it should": len(page.rows) < _least_rows(page, number),
            "it says it is the last, though more rows are counted": page.has_next is not True
            and _counts_more(page, number),
            "it is full, and does not say what follows": page.has_next is not True
            and page.total is None
            and len(page.rows) >= PER_PAGE,
        }
        return next((reason for reason, holds in reasons.items() if holds), None)

    paging = (("page", str(number)), ("limit", str(PER_PAGE)))
    return Request(
        key=f"{listing.name}@{number}",
        path=listing.path,
        params=(*listing.params, *paging),
        may_be_missing=not listing.is_by_id,
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


def _starts_after(page: Page, year: int) -> bool:
    """Whether a page, and so all after it, holds only titles that started after a year."""
    starts = [str(within(row, "aired", "from") or "") for row in page.rows if has_id(row)]
    return bool(starts) and starts == sorted(starts) and starts[0] > f"{year:04}-12-31~"


def _one_by_one(ids: Iterable[str], seen: _Seen) -> Generator[Request, Answer, tuple[str, ...]]:
    """Ask for titles by their ids; returns those that are not there."""
    gone = []
    for one in ids:

        def doubt(document: Json, wanted: str = one) -> str | None:
            found = [str(record["mal_id"]) for record in records(document)]
            return None if found == [wanted] else "it is not the title that was asked for"

        answer = yield Request(f"id{one}", f"/anime/{one}", may_be_missing=True, doubt=doubt)
        seen.notes["asked_by_id"] += 1
        found = [] if answer.document is None else records(answer.document)
        seen.ids.update(dict.fromkeys(str(record["mal_id"]) for record in found))
        if answer.missing:
            gone.append(one)
    return tuple(gone)


SOURCE = Source(
    name="jikan",
    base_url="https://api.jikan.moe/v4",
    streams={
        "anime": Stream("anime", crawl_anime, records, forecast_anime),
        "reviews": Stream("reviews", crawl_reviews, review_records, forecast_reviews, redact_reviews),
    },
    # 60 a minute are allowed, and reports say that half of it is what is served.
    manners=Manners(per_minute=30.0),
    read=read,
)
