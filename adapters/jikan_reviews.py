"""Jikan's reviews: newest first, on pages whose word about what follows cannot be relied on.

The one rule: what is kept of a review names nobody. Fields are kept by name, so that a new one is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime

from adapters.base import Crawl, CrawlEnd, Json, Plan, Request
from adapters.errors import Misunderstood
from adapters.jikan_reading import has_id, page_of, rows_of
from adapters.moments import has_come
from adapters.privacy import without_name

#: The listing goes back for ever: so many pages are read at most.
MOST_PAGES = 200
#: Pages that are new since the last crawl, about.
_USUAL_NEW_PAGES = 10
_KEPT = (
    "mal_id",
    "type",
    "reactions",
    "votes",
    "scores",
    "date",
    "score",
    "tags",
    "is_spoiler",
    "is_preliminary",
    "episodes_watched",
)
_PAGING = ("last_visible_page", "has_next_page", "current_page")


def crawl_reviews(plan: Plan) -> Crawl:
    """The reviews since the watermark, or as many as are read at most.

    A page that is empty, or shows the page before, ends the listing, whatever `has_next_page` says.

    Raises:
        Misunderstood: for a plan of another kind.
    """
    if plan.kind not in ("full", "refresh"):
        raise Misunderstood(f"jikan cannot read reviews by a plan of the kind {plan.kind!r}")
    newest, before = _newest([plan.watermark], plan.today), tuple[str, ...]()
    since = _moment(newest) if plan.kind == "refresh" else None
    reviews, stopped = 0, "the listing ended"
    for number in range(1, MOST_PAGES + 1):
        answer = yield _request(number, before)
        page = page_of(answer.document)
        if not page.rows or (page.ids and page.ids == before):
            break
        dates = [str(row["date"]) for row in page.rows if has_id(row) and _moment(row.get("date"))]
        newest = _newest([*dates, newest], plan.today)
        reviews += len(page.ids)
        if since is not None and dates and all(_moment_or_never(date) < since for date in dates):
            stopped = "the watermark was reached"
            break
        before = page.ids
    else:
        stopped = f"{MOST_PAGES} pages were read, older ones were left out"
    return CrawlEnd(newest, (), {"reviews": reviews, "stopped": stopped})


def forecast_reviews(plan: Plan, known: int, by_year: Mapping[int, int]) -> int:  # noqa: ARG001 - a forecast
    """How many requests a plan will take; nothing is known of how many reviews there are."""
    return MOST_PAGES if plan.kind == "full" or plan.watermark is None else _USUAL_NEW_PAGES


def review_records(document: Json) -> Sequence[Mapping[str, Json]]:
    """The reviews of a page, each with the id of its title in `anime_mal_id`; those of no title left out."""
    return [{**row, "anime_mal_id": row["entry"]["mal_id"]} for row in rows_of(document) if _is_review(row)]


def _is_review(row: Json) -> bool:
    """Whether this is a review of a title."""
    return has_id(row) and has_id(row.get("entry"))


def redact_reviews(document: Json, hide: Callable[[str], str]) -> Json:
    """A page of reviews without who wrote them: the author's name is hashed, in the text too."""
    paging = document.get("pagination") if isinstance(document, Mapping) else None
    kept = {name: paging[name] for name in _PAGING if name in paging} if isinstance(paging, Mapping) else {}
    return {"pagination": kept, "data": [_redacted(row, hide) for row in rows_of(document)]}


def _redacted(row: Json, hide: Callable[[str], str]) -> Json:
    """One review; null for what is none, so that rows keep their places."""
    if not isinstance(row, Mapping):
        return None
    kept = {name: row[name] for name in _KEPT if name in row}
    entry, user, text = row.get("entry"), row.get("user"), row.get("review")
    name = user.get("username") if isinstance(user, Mapping) else None
    if isinstance(entry, Mapping):
        kept["entry"] = {part: entry[part] for part in ("mal_id", "title") if part in entry}
    if isinstance(text, str):
        kept["review"] = text
    if isinstance(name, str) and name:
        kept["user"] = {"username": hide(name)}
        if isinstance(text, str):
            kept["review"] = without_name(text, name, hide(name))
    return kept


def _request(number: int, before: tuple[str, ...]) -> Request:
    """The request for one page."""

    def doubt(document: Json) -> str | None:
        page = page_of(document)
        if not page.rows:
            return "it is empty"
        if page.number not in (None, number):
            return "it is another page"
        # Told by their places: another row that is missing next time confirms nothing.
        blank = [str(place) for place, row in enumerate(page.rows, 1) if not _is_review(row)]
        if blank:
            return f"rows that are no reviews: {', '.join(blank)}"
        return "it shows the page before once more" if page.ids and page.ids == before else None

    return Request(
        f"reviews@{number}", "/reviews/anime", (("page", str(number)),), may_be_missing=number > 1, doubt=doubt
    )


def _moment(words: Json) -> datetime | None:
    """A date as Jikan writes it; None for what is none."""
    try:
        moment = datetime.fromisoformat(words)
    except (ValueError, TypeError):
        # Not a date: such a review neither moves nor meets the watermark.
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _newest(dates: Sequence[str | None], today: date) -> str | None:
    """The last of some dates that has come; None where none has."""
    come = [words for words in dates if (moment := _moment(words)) and has_come(moment, today)]
    return max(come, key=_moment_or_never, default=None)


def _moment_or_never(words: str | None) -> datetime:
    """A date for comparing; what is none comes first."""
    return _moment(words) or datetime.min.replace(tzinfo=UTC)
