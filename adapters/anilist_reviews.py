"""AniList's reviews of anime: all that it shows, or what was written and rewritten since.

AniList shows 5,000 rows of a list and filters reviews by nothing but anime and author. So a full crawl reads
the oldest 5,000, the newest 5,000, and where these do not meet, all reviews of each anime that one of these is
about. What is reviewed by none of these is not shown; the notes of such a crawl say so.

The one rule: authors are landed as salted hashes, without names, in their own texts too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from adapters import anilist_cells
from adapters.anilist_changes import newest_change, older_than, start_of
from adapters.anilist_pages import Cell, Paged, Row, fragment, rows_of
from adapters.anilist_walk import Walk
from adapters.base import Crawl, CrawlEnd, Json, Plan
from adapters.pagination import within
from adapters.privacy import without_name

#: 17 fields a page, and texts of some thousand letters a row.
REVIEWS = Paged("reviews", "mediaType: ANIME", "ReviewFields", fragment("anilist_review"), 10)
#: Most anime have a handful of reviews: a request takes the pages of many.
BY_ANIME = Paged("reviews", "mediaType: ANIME", "ReviewFields", fragment("anilist_review"), 28)
_PROBES = {"newest": "UPDATED_AT_DESC updatedAt"}
_TEXTS = ("summary", "body")
_KEPT = ("id", "mediaId", "summary", "body", "score", "rating", "ratingAmount", "createdAt", "updatedAt")


def crawl_reviews(plan: Plan) -> Crawl:
    """The requests that read reviews."""
    since = start_of(plan)
    return _full(plan) if since is None else _refresh(plan, since)


def review_records(document: Json) -> Sequence[Mapping[str, Json]]:
    """The `Review` objects of an answer."""
    return rows_of(document, REVIEWS.field)


def redact_reviews(document: Json, hide: Callable[[str], str]) -> Json:
    """The answer without anything but reviews, their authors hashed."""
    data = within(document, "data")
    pages = data.items() if isinstance(data, Mapping) else ()
    return {"data": {alias: _redacted_page(page, hide) for alias, page in pages}}


def forecast_reviews(plan: Plan, known: int, by_year: Mapping[int, int]) -> int:  # noqa: ARG001 - years mean nothing here
    """How many requests a crawl of reviews takes, where the service has no more than it shows."""
    if plan.kind == "refresh" and plan.watermark is not None:
        return 2
    return 21 if not known else min(21, known // 500 + 1)


def _full(plan: Plan, watermark: str | None = None) -> Crawl:
    """The oldest, the newest, and where these do not meet, those of each anime they are about."""
    anime = set(anilist_cells.numbers(plan.ids))
    oldest = Walk(REVIEWS, [Cell("oldest", "sort: [ID]", has_rows=True)], probes=_PROBES, enough=_noting(anime))
    yield from oldest.run()
    walks = [oldest]
    if oldest.cut:
        latest = Cell("latest", "sort: [ID_DESC]", has_rows=True)
        walks.append(Walk(REVIEWS, [latest], enough=_noting(anime, oldest.seen)))
        yield from walks[-1].run()
    notes: dict[str, int | str] = {}
    if walks[-1].cut:
        by_anime = (Cell(f"anime {one}", f"mediaId: {one}, sort: [ID]", _is_about(one)) for one in sorted(anime))
        walks.append(Walk(BY_ANIME, by_anime))
        yield from walks[-1].run()
        notes["not_shown"] = "reviews beyond the oldest and newest 5,000 of anime that none of these is about"
    newest = newest_change(oldest.probed.get("newest"), plan.today)
    lost = sum(walk.lost for walk in walks)
    return CrawlEnd(
        watermark=watermark or (str(newest) if newest else plan.watermark),
        notes={"reviews": len(set().union(*(walk.seen for walk in walks)))}
        | notes
        | ({"pages_not_given": lost} if lost else {}),
    )


def _refresh(plan: Plan, watermark: int) -> Crawl:
    """What changed since the watermark; a full crawl where AniList does not show all of that."""
    changed = Cell("changed", "sort: [UPDATED_AT_DESC]", has_rows=True)
    walk = Walk(REVIEWS, [changed], probes=_PROBES, enough=older_than(watermark))
    yield from walk.run()
    newest = str(max(watermark, newest_change(walk.probed.get("newest"), plan.today)))
    if walk.cut or walk.lost or not walk.seen:
        return (yield from _full(plan, newest))
    return CrawlEnd(newest, notes={"reviews": len(walk.seen)})


def _noting(anime: set[int], seen: set[int] | None = None) -> Callable[[Sequence[Row]], bool]:
    """Notes which anime rows are about, and says whether one of them was seen before."""

    def note(rows: Sequence[Row]) -> bool:
        anime.update(row["mediaId"] for row in rows if isinstance(row.get("mediaId"), int))
        return bool(seen) and any(row["id"] in (seen or ()) for row in rows)

    return note


def _is_about(anime: int) -> Callable[[Row], bool]:
    """Whether a review is about an anime."""
    return lambda row: row.get("mediaId") == anime


def _redacted_page(page: Json, hide: Callable[[str], str]) -> Json:
    """One page with what is kept of its reviews."""
    if not isinstance(page, Mapping):
        return None
    rows = page.get(REVIEWS.field)
    kept = [_redacted(row, hide) for row in rows] if isinstance(rows, list) else None
    info = {name: within(page, "pageInfo", name) for name in ("currentPage", "hasNextPage")}
    return {"pageInfo": info, REVIEWS.field: kept}


def _redacted(row: Json, hide: Callable[[str], str]) -> Json:
    """What is kept of a review."""
    if not isinstance(row, Mapping):
        return None
    # The name, so that somebody's reviews and list are one person's; the number where there is no name.
    author = within(row, "user", "name") or row.get("userId")
    kept = {name: row[name] for name in _KEPT if name in row}
    if isinstance(author, str) and author.strip():
        texts = {part: kept[part] for part in _TEXTS if isinstance(kept.get(part), str)}
        kept |= {part: without_name(text, author.strip(), hide(author)) for part, text in texts.items()}
    return kept | ({} if author is None else {"userId": hide(str(author))})
