"""Kitsu: its catalogue with mappings and relationships, users' libraries, and reviews, over JSON:API.

The one rule: lists are read in the order of ids, where a row that is changed or rated keeps its place.

Kitsu can be asked neither for one year (its search has another backend and an end of its own) nor for adult
titles, which nobody sees without an account. So a plan for years reads everything, and no title is ever reported
as gone: a deleted one and one that was rated R18 since look the same, in lists and when asked for by id.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from adapters.base import Crawl, CrawlEnd, Json, Manners, Plan, Request, Source, Stream, User
from adapters.errors import NotFound
from adapters.kitsu_anime import crawl_anime, forecast_anime
from adapters.kitsu_documents import (
    LIBRARY,
    LIBRARY_ATTRIBUTES,
    REVIEW_ATTRIBUTES,
    anime_of,
    anime_records,
    list_records,
    moment_of,
    read,
    redact_lists,
    redact_reviews,
    review_records,
    start_of,
    watermark_of,
)
from adapters.kitsu_listing import NEWEST_FIRST, bare, listing, notes, pages
from adapters.kitsu_parts import PARTS
from adapters.pagination import objects, walk, within

_LIBRARY_LIMIT = 500
#: What is assumed where nobody knows yet.
_USUAL_REVIEWS = 15_000

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


def _crawl_reviews(plan: Plan) -> Crawl:
    """All reviews by id, or the newest first down to the watermark."""
    newest = yield Request("newest", "/reviews", (*NEWEST_FIRST, *_REVIEW_PARAMS), doubt=bare)
    start = start_of(plan)
    name, order = ("changed", "-updatedAt") if start else ("reviews", "id")

    def is_older(document: Json) -> bool:
        moments = [moment_of(within(review, "attributes", "updatedAt")) for review in objects(document)]
        limit = moment_of(start)
        return limit is not None and any(moment is not None and moment < limit for moment in moments)

    by_order = listing(Request(name, "/reviews", (("sort", order), *_REVIEW_PARAMS)))
    walked = yield from walk(replace(by_order, last=is_older) if start else by_order)
    facts = notes(walked)
    if start:
        # The rest was not wanted, and is not missing.
        facts.pop("not_seen", None)
    return CrawlEnd(watermark_of(newest.document, plan.today), notes=facts)


def _crawl_lists(plan: Plan) -> Crawl:
    """The public part of each user's library."""
    missing = entries = not_seen = 0
    for user in plan.users:
        request = Request(
            user.subject,
            LIBRARY,
            _LIBRARY_PARAMS,
            subject=user.subject,
            may_be_missing=True,
            lookup=_lookup(user),
            complete=_completion(user),
        )
        walked = yield from walk(listing(request, _LIBRARY_LIMIT, anime_of))
        if walked.missing:
            # Where it was closed while it was read, what it showed before counts as little as that of earlier crawls.
            missing += 1
            continue
        entries += len(walked.ids)
        not_seen += walked.not_seen
    facts = {"users": len(plan.users), "users_missing": missing, "entries": entries}
    return CrawlEnd(notes=facts | ({"not_seen": not_seen} if not_seen else {}))


def _lookup(user: User) -> Request:
    """Asks which number a user has; nobody of the name is an answer."""
    named = (("filter[name]", user.name),)
    return Request(f"{user.subject}.user", "/users", named, subject=user.subject, may_be_missing=True, doubt=bare)


def _completion(user: User) -> Callable[[Request, Json], Request]:
    """Puts the user's number into a request for their library."""

    def complete(request: Request, document: Json) -> Request:
        for found in objects(document):
            names = (within(found, "attributes", "name"), within(found, "attributes", "slug"))
            if user.name.casefold() in [name.casefold() for name in names if isinstance(name, str)]:
                return replace(request, params=(("filter[userId]", str(found.get("id"))), *request.params))
        raise NotFound("there is no such user")

    return complete


def _forecast_lists(plan: Plan, known: int, by_year: Mapping[int, int]) -> int:  # noqa: ARG001 - by users only
    """A lookup and a page for each user."""
    return 2 * len(plan.users)


def _forecast_reviews(plan: Plan, known: int, by_year: Mapping[int, int]) -> int:  # noqa: ARG001 - not by year
    """All of them, or a few new ones."""
    return 3 if plan.kind == "refresh" and plan.watermark else 1 + pages(known or _USUAL_REVIEWS)


SOURCE = Source(
    name="kitsu",
    base_url="https://kitsu.app/api/edge",
    streams={
        "anime": Stream("anime", crawl_anime, anime_records, forecast_anime, parts=PARTS),
        "lists": Stream("lists", _crawl_lists, list_records, _forecast_lists, redact_lists),
        "reviews": Stream("reviews", _crawl_reviews, review_records, _forecast_reviews, redact_reviews),
    },
    manners=Manners(per_minute=60),
    read=read,
    headers={"Accept": "application/vnd.api+json"},
)
