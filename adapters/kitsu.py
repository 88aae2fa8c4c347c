"""Kitsu: its catalogue with mappings and relationships, users' libraries, and reviews, over JSON:API.

The one rule: lists are read in the order of ids, where a row that is changed or rated keeps its place.

Kitsu can be asked neither for one year (its search has another backend and an end of its own) nor for adult
titles, which nobody sees without an account. So a plan for years reads everything, and no title is ever reported
as gone: a deleted one and one that was rated R18 since look the same, in lists and when asked for by id.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import replace

from adapters.base import Answer, Crawl, CrawlEnd, Json, Manners, Plan, Request, Source, Stream, User
from adapters.errors import NotFound
from adapters.kitsu_documents import (
    LIBRARY_ATTRIBUTES,
    NEWEST,
    OFFSET_PARAM,
    REVIEW_ATTRIBUTES,
    anime_of,
    anime_records,
    count_of,
    id_of,
    list_records,
    moment_of,
    page_of,
    read,
    redact_lists,
    redact_reviews,
    review_records,
    start_of,
    watermark_of,
)
from adapters.pagination import Listing, Walked, objects, walk, within
from adapters.windows import Page, Window, by_offset

_LIMIT, _LIBRARY_LIMIT = 20, 500
_LIMIT_PARAM = "page[limit]"
#: Ids of absent titles that the notes name at most.
_MOST_NAMED = 100
#: Of the catalogue, from which "what has changed" is called everything.
_NEARLY_ALL = 0.9
#: What is assumed where nobody knows yet.
_USUAL_TITLES, _USUAL_REVIEWS = 22_000, 15_000

_NEWEST_FIRST = (("sort", "-updatedAt"), (_LIMIT_PARAM, str(NEWEST)))
_ANIME_FIELDS = (
    "createdAt,updatedAt,slug,synopsis,titles,canonicalTitle,abbreviatedTitles,averageRating,ratingFrequencies,"
    "userCount,favoritesCount,startDate,endDate,nextRelease,popularityRank,ratingRank,ageRating,ageRatingGuide,"
    "subtype,status,tba,posterImage,episodeCount,episodeLength,totalLength,youtubeVideoId,nsfw,"
    "genres,categories,mappings,animeProductions,mediaRelationships"
)
_ANIME_PARAMS = (
    ("include", "genres,categories,mappings,animeProductions.producer,mediaRelationships.destination"),
    ("fields[anime]", _ANIME_FIELDS),
    ("fields[categories]", "title,slug,nsfw"),
    ("fields[mappings]", "externalSite,externalId"),
)
#: Without the media included, an entry or a review does not say what it is about.
_LIBRARY_PARAMS = (
    ("filter[kind]", "anime"),
    ("sort", "id"),
    ("include", "anime"),
    ("fields[anime]", "slug"),
    ("fields[libraryEntries]", f"{LIBRARY_ATTRIBUTES},anime"),
)
_REVIEW_PARAMS = (
    ("filter[mediaType]", "Anime"),
    ("include", "media"),
    ("fields[anime]", "slug"),
    ("fields[reviews]", f"{REVIEW_ATTRIBUTES},media"),
)


def _crawl_anime(plan: Plan) -> Crawl:
    """Everything, or what has changed since the watermark; then by id what was not listed."""
    newest = yield Request("newest", "/anime", (*_NEWEST_FIRST, *_ANIME_PARAMS), doubt=_bare)
    start = start_of(plan.watermark) if plan.kind == "refresh" else None
    filters = (("filter[since]", start),) if start else ()
    name = "changed" if start else "anime"
    walked = yield from walk(_listing(Request(name, "/anime", (*filters, ("sort", "id"), *_ANIME_PARAMS))))
    wanted = [one for one in dict.fromkeys((*plan.known, *plan.ids)) if one not in walked.ids and one.isdecimal()]
    given = yield from _by_id(wanted)
    absent = [one for one in wanted if one not in given]
    notes = _notes(walked) | {"asked_by_id": len(wanted), "not_given_by_id": len(absent)} | _absent(absent)
    catalogue = count_of(newest.document) or 0
    if start and catalogue and walked.total is not None and walked.total >= _NEARLY_ALL * catalogue:
        notes["changed"] = "nearly every title: Kitsu's rating job touches all, so this was as large as a full crawl"
    if plan.kind == "range":
        notes["years"] = "Kitsu cannot be asked by year: everything was read"
    return CrawlEnd(watermark_of(newest.document), notes=notes)


def _absent(ids: Sequence[str]) -> dict[str, int | str]:
    """What people may want to know of titles that were known and are not given any more."""
    if not ids:
        return {}
    rest = f" and {len(ids) - _MOST_NAMED:,} more" if len(ids) > _MOST_NAMED else ""
    return {"absent": f"deleted, or rated R18 since and hidden: {', '.join(ids[:_MOST_NAMED])}{rest}"}


def _by_id(wanted: Sequence[str]) -> Generator[Request, Answer, set[str]]:
    """Ask for titles by their ids; returns those that were given."""
    given: set[str] = set()
    for start in range(0, len(wanted), _LIMIT):
        batch = wanted[start : start + _LIMIT]

        def doubt(document: Json, batch: Sequence[str] = batch) -> str | None:
            found = page_of(document).ids
            absent = [one for one in batch if one not in found]
            # Told by their ids: others that are missing next time confirm nothing.
            return f"it does not give {', '.join(absent)}" if absent else None

        params = (("filter[id]", ",".join(batch)), (_LIMIT_PARAM, str(_LIMIT)), *_ANIME_PARAMS)
        answer = yield Request(f"ids@{start}", "/anime", params, doubt=doubt)
        given.update(page_of(answer.document).ids)
    return given


def _crawl_reviews(plan: Plan) -> Crawl:
    """All reviews by id, or the newest first down to the watermark."""
    newest = yield Request("newest", "/reviews", (*_NEWEST_FIRST, *_REVIEW_PARAMS), doubt=_bare)
    start = start_of(plan.watermark) if plan.kind == "refresh" else None
    name, order = ("changed", "-updatedAt") if start else ("reviews", "id")

    def is_older(document: Json) -> bool:
        moments = [moment_of(within(review, "attributes", "updatedAt")) for review in objects(document)]
        limit = moment_of(start)
        return limit is not None and any(moment is not None and moment < limit for moment in moments)

    listing = _listing(Request(name, "/reviews", (("sort", order), *_REVIEW_PARAMS)))
    walked = yield from walk(replace(listing, last=is_older) if start else listing)
    notes = _notes(walked)
    if start:
        # The rest was not wanted, and is not missing.
        notes.pop("not_seen", None)
    return CrawlEnd(watermark_of(newest.document), notes=notes)


def _crawl_lists(plan: Plan) -> Crawl:
    """The public part of each user's library."""
    missing = entries = not_seen = 0
    for user in plan.users:
        request = Request(
            user.subject,
            "/library-entries",
            _LIBRARY_PARAMS,
            subject=user.subject,
            may_be_missing=True,
            lookup=_lookup(user),
            complete=_completion(user),
        )
        walked = yield from walk(_listing(request, _LIBRARY_LIMIT, anime_of))
        missing += bool(walked.missing)
        entries += len(walked.ids)
        not_seen += walked.not_seen
    notes = {"users": len(plan.users), "users_missing": missing, "entries": entries}
    return CrawlEnd(notes=notes | ({"not_seen": not_seen} if not_seen else {}))


def _lookup(user: User) -> Request:
    """Asks which number a user has; nobody of the name is an answer."""
    named = (("filter[name]", user.name),)
    return Request(f"{user.subject}.user", "/users", named, subject=user.subject, may_be_missing=True, doubt=_bare)


def _completion(user: User) -> Callable[[Request, Json], Request]:
    """Puts the user's number into a request for their library."""

    def complete(request: Request, document: Json) -> Request:
        for found in objects(document):
            names = (within(found, "attributes", "name"), within(found, "attributes", "slug"))
            if user.name.casefold() in [name.casefold() for name in names if isinstance(name, str)]:
                return replace(request, params=(("filter[userId]", str(found.get("id"))), *request.params))
        raise NotFound("there is no such user")

    return complete


def _listing(first: Request, limit: int = _LIMIT, row_id: Callable[[Json], str | None] = id_of) -> Listing:
    """A listing of Kitsu's."""

    def page(document: Json, window: Window) -> Page:  # noqa: ARG001 - Kitsu says where the next one begins
        return page_of(document, row_id)

    return Listing(first, by_offset(limit, _LIMIT_PARAM, OFFSET_PARAM), page, doubt=_uncounted)


def _uncounted(document: Json) -> str | None:
    """Doubt an answer without the count that every list of Kitsu's has."""
    return None if count_of(document) is not None else "it does not say how many rows there are"


def _bare(document: Json) -> str | None:
    """Doubt an answer without rows."""
    return None if objects(document) else "it is empty"


def _notes(walked: Walked) -> dict[str, int | str]:
    """What people may want to know of a walk."""
    notes: dict[str, int | str] = {"pages": walked.pages, "read": len(walked.ids), "counted": walked.total or 0}
    optional = {
        "read_again_after_deletions": walked.rereads,
        "gaps": walked.gaps,
        "pages_with_rows_without_id": walked.blanks,
        "not_seen": walked.not_seen,
    }
    return notes | {name: count for name, count in optional.items() if count}


def _pages(rows: int) -> int:
    """Requests for so many rows, with the overlap of pages."""
    return max(1, -(-rows // (_LIMIT - 1)))


def _forecast_anime(plan: Plan, known: int, by_year: Mapping[int, int]) -> int:  # noqa: ARG001 - not by year here
    """Everything, for a refresh too: the rating job touches all titles every now and then."""
    return 1 + _pages(known or _USUAL_TITLES) + -(-len(plan.ids) // _LIMIT)


def _forecast_lists(plan: Plan, known: int, by_year: Mapping[int, int]) -> int:  # noqa: ARG001 - by users only
    """A lookup and a page for each user."""
    return 2 * len(plan.users)


def _forecast_reviews(plan: Plan, known: int, by_year: Mapping[int, int]) -> int:  # noqa: ARG001 - not by year
    """All of them, or a few new ones."""
    return 3 if plan.kind == "refresh" and plan.watermark else 1 + _pages(known or _USUAL_REVIEWS)


SOURCE = Source(
    name="kitsu",
    base_url="https://kitsu.app/api/edge",
    streams={
        "anime": Stream("anime", _crawl_anime, anime_records, _forecast_anime),
        "lists": Stream("lists", _crawl_lists, list_records, _forecast_lists, redact_lists),
        "reviews": Stream("reviews", _crawl_reviews, review_records, _forecast_reviews, redact_reviews),
    },
    manners=Manners(per_minute=60),
    read=read,
    headers={"Accept": "application/vnd.api+json"},
)
