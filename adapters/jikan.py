"""Jikan: MyAnimeList's catalogue and reviews without a key, read from MyAnimeList's pages by somebody else.

The one rule: what Jikan cannot read is not there *yet*. A fault is asked for again or stops the crawl; it never
becomes a title without a score.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from math import ceil

from adapters.base import Answer, Crawl, CrawlEnd, Json, Manners, Plan, Request, Source, Stream
from adapters.errors import Misunderstood
from adapters.jikan_reading import Page, has_id, page_of, read, records
from adapters.jikan_reviews import crawl_reviews, forecast_reviews, redact_reviews, review_records
from adapters.jikan_walk import PER_PAGE, DriftingListing, Seen, drift_along
from adapters.pagination import Listing, walk, within
from adapters.windows import Page as WindowPage
from adapters.windows import Window, by_page, windows_over

#: Titles that MyAnimeList has, about, where nobody knows better; and those that start in a year.
USUAL_TITLES, USUAL_YEAR = 30_000, 500
#: Known titles that listings do not show any more and that one full crawl asks for by id.
MOST_LOST = 2000
#: Pages of titles that are on air, and announced, about.
_USUAL_SEASONS = 40
#: Pages of different lengths, so that each shares a title with the one before.
_WINDOW = by_page(PER_PAGE, "limit", "page")


def crawl_anime(plan: Plan) -> Crawl:
    """The titles that a plan wants.

    `full`: all by id; then the known ones that were not among them, one by one. `refresh`: what is on air or
    announced, since Jikan tells no update times. `range`: what started in certain years. Then `plan.ids`.

    Raises:
        LoopDetected: when the listing of all titles shows the same ones for ever.
        Misunderstood: when it is empty, or for a plan of another kind.
    """
    seen = Seen()
    if plan.kind == "full":
        yield from _everything(seen)
    for listing in _listings(plan):
        yield from drift_along(listing, seen)
    wanted = dict.fromkeys(one for one in plan.ids if one not in seen.ids)
    if plan.kind == "full":
        lost = [one for one in plan.known if one not in seen.ids and one not in wanted]
        wanted |= dict.fromkeys(lost[:MOST_LOST])
        seen.notes["lost_left_for_later"] = len(lost[MOST_LOST:])
    gone = yield from _one_by_one(wanted, seen)
    notes = {name: count for name, count in seen.notes.items() if count}
    return CrawlEnd(None, gone, notes | {"titles": len(seen.ids)})


def forecast_anime(plan: Plan, known: int, by_year: Mapping[int, int]) -> int:
    """How many requests a plan will take."""
    if plan.kind == "full":
        return windows_over(known or USUAL_TITLES, _WINDOW) + len(plan.ids)
    if plan.kind == "refresh":
        return _USUAL_SEASONS + len(plan.ids)
    first, last = plan.years or (plan.today.year, plan.today.year)
    titles = sum(by_year.get(year, USUAL_YEAR if not by_year else 0) for year in range(first, last + 1))
    return ceil(titles / PER_PAGE) + 1 + len(plan.ids)


def _listings(plan: Plan) -> Iterable[DriftingListing]:
    """The listings that a plan reads."""
    if plan.kind == "full":
        return ()
    if plan.kind == "refresh":
        return (DriftingListing("now", "/seasons/now"), DriftingListing("upcoming", "/seasons/upcoming"))
    if plan.kind == "range" and plan.years:
        first, last = plan.years
        # end_date is about when a title ended, not when it began: the end of the range is found on the way.
        params = (("start_date", f"{first:04}-01-01"), ("order_by", "start_date"), ("sort", "asc"))
        return (DriftingListing(f"from{first}", "/anime", params, is_past=lambda page: _starts_after(page, last)),)
    raise Misunderstood(f"jikan cannot read a plan of the kind {plan.kind!r}")


def _everything(seen: Seen) -> Generator[Request, Answer, None]:
    """Ask for all titles in the order of their ids."""
    request = Request("anime", "/anime", (("order_by", "mal_id"), ("sort", "asc")))
    walked = yield from walk(Listing(request, _WINDOW, _paged, doubt=_uncounted))
    if not walked.ids:
        raise Misunderstood("the listing of all titles is empty, which cannot be; run again later")
    seen.ids |= walked.ids
    seen.notes["pages"], seen.notes["rereads"] = walked.pages, walked.rereads
    seen.notes["gaps"], seen.notes["not_seen"] = walked.gaps, walked.not_seen
    seen.notes["pages_with_rows_without_id"] = walked.blanks


def _paged(document: Json, window: Window) -> WindowPage:
    """The paging of an answer to the request for a window."""
    page = page_of(document)
    return WindowPage(
        ids=page.ids,
        rows=len(page.rows),
        next_offset=window.offset + window.rows if page.has_next else None,
        total=page.total,
        blank=page.blank,
        offset=None if page.number is None else (page.number - 1) * window.rows,
    )


def _uncounted(document: Json) -> str | None:
    """Doubt a page of titles without the count that it always has."""
    return None if page_of(document).total is not None else "it does not say how many titles there are"


def _starts_after(page: Page, year: int) -> bool:
    """Whether a page, and so all after it, holds only titles that started after a year."""
    starts = [str(within(row, "aired", "from") or "") for row in page.rows if has_id(row)]
    return bool(starts) and starts == sorted(starts) and starts[0] > f"{year:04}-12-31~"


def _one_by_one(ids: Iterable[str], seen: Seen) -> Generator[Request, Answer, tuple[str, ...]]:
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
