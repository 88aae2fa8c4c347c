"""Kitsu's JSON:API over the generated world, as an anonymous reader meets it.

The one rule: relationships carry links alone; what they point at is told only where `include` asks for it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from demo.services.base import Call, Reply, Service
from demo.services.kitsu_catalogue import ATTRIBUTES, SHAPE, Catalogue
from demo.services.kitsu_library import ENTRIES, REVIEWS, USERS, Library
from demo.services.kitsu_query import Query, QueryError, Shape, page_links, read_query
from demo.services.kitsu_related import RELATIONSHIPS
from demo.services.kitsu_resources import Resource, Teller
from demo.services.overlay import Overlay
from demo.world import World

MEDIA_TYPE = "application/vnd.api+json"
STAMPS = ("createdAt", "updatedAt")
#: The fields of every type that sparse fields may name; relationships are fields too.
FIELDS: dict[str, frozenset[str]] = {
    "anime": frozenset((*ATTRIBUTES, *RELATIONSHIPS)),
    "mappings": frozenset((*STAMPS, "externalSite", "externalId", "item")),
    "categories": frozenset(
        (*STAMPS, "title", "description", "totalMediaCount", "slug", "nsfw", "childCount", "parent", "anime")
    ),
    "genres": frozenset((*STAMPS, "name", "slug")),
    "animeProductions": frozenset((*STAMPS, "role", "anime", "producer")),
    "producers": frozenset((*STAMPS, "slug", "name")),
    "mediaRelationships": frozenset((*STAMPS, "role", "source", "destination")),
    "users": frozenset((*STAMPS, "name", "slug", "about", "avatar", "followersCount", "libraryEntries")),
    "libraryEntries": frozenset(
        (
            *(*STAMPS, "status", "progress", "volumesOwned", "reconsuming", "reconsumeCount", "notes", "private"),
            *("reactionSkipped", "progressedAt", "startedAt", "finishedAt", "rating", "ratingTwenty"),
            *("user", "anime", "media"),
        )
    ),
    "reviews": frozenset(
        (
            *(*STAMPS, "content", "contentFormatted", "likesCount", "progress", "rating", "source", "spoiler"),
            *("user", "media", "libraryEntry"),
        )
    ),
}


@dataclass(frozen=True)
class Collection:
    """One endpoint: what may be asked, which ids answer, and the resource of an id."""

    shape: Shape
    select: Callable[[Query], Sequence[str]]
    resource: Callable[[str], Resource | None]


class KitsuService(Service):
    """The stand-in for Kitsu.

    Attributes:
        moved_to: when set, every call is sent there with a 301, as the lost host does; '' to answer.
    """

    name = "kitsu"
    prefix = "/kitsu/api/edge"

    def __init__(self, world: World, overlay: Overlay) -> None:
        self.moved_to = ""
        catalogue = Catalogue(world, overlay)
        self._library = Library(world, catalogue)
        self._collections = {
            "anime": Collection(SHAPE, catalogue.select, catalogue.resource),
            "users": Collection(USERS, self._library.select_users, self._library.user),
            "library-entries": Collection(ENTRIES, self._library.select_entries, self._library.entry),
            "reviews": Collection(REVIEWS, self._library.select_reviews, self._library.review),
        }

    def answer(self, call: Call) -> Reply:
        """The reply to a call; reading needs no account, anything else is refused."""
        if self.moved_to:
            return Reply(301, b"", {"Location": f"{self.moved_to}{call.path}"})
        try:
            return _reply(200, self._document(call))
        except QueryError as error:
            return _reply(error.status, error.document())

    def _document(self, call: Call) -> Mapping[str, object]:
        if call.method not in ("GET", "HEAD"):
            raise QueryError("401", "Unauthorized", "You must be signed in to do that.", 401)
        accept = call.headers.get("accept", "*/*")
        if not any(kind in accept for kind in ("*/*", "application/*", MEDIA_TYPE)):
            detail = f"All requests must accept {MEDIA_TYPE}; this one accepts '{accept}'."
            raise QueryError("406", "Not acceptable", detail, 406)
        kind, _, number = call.path.strip("/").partition("/")
        collection = self._collections.get(kind)
        if collection is None or "/" in number:
            raise QueryError("404", "Not Found", "No such route.", 404)
        query = read_query(call.query, collection.shape, FIELDS)
        return self._item(call, collection, query, number) if number else self._page(call, collection, query)

    def _item(self, call: Call, collection: Collection, query: Query, number: str) -> Mapping[str, object]:
        resource = collection.resource(number)
        if resource is None:
            detail = f"The record identified by {number} could not be found."
            raise QueryError("404", "Record not found", detail, 404)
        data, included = Teller(call.base_url, query).tell([resource])
        return {"data": data[0], "included": included} if included else {"data": data[0]}

    def _page(self, call: Call, collection: Collection, query: Query) -> Mapping[str, object]:
        numbers = collection.select(query)
        page = [collection.resource(number) for number in numbers[query.offset : query.offset + query.limit]]
        data, included = Teller(call.base_url, query).tell([resource for resource in page if resource is not None])
        meta: dict[str, object] = {"count": len(numbers)}
        if collection.shape is ENTRIES:
            meta["statusCounts"] = self._library.status_counts(numbers)
        links = page_links(f"{call.base_url}{call.path}", query, len(numbers))
        document: dict[str, object] = {"data": data}
        if included:
            document["included"] = included
        return document | {"meta": meta, "links": links}


def _reply(status: int, document: Mapping[str, object]) -> Reply:
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    return Reply(status, body, {"Content-Type": MEDIA_TYPE, "Cache-Control": "max-age=0, private, must-revalidate"})
