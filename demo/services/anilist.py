"""AniList's GraphQL endpoint over the generated world.

It takes what the real one takes, checked against the same schema, and refuses what that refuses: pages beyond
the 5,000th entry, more than one kind of thing in a page, queries that are too big. Of `pageInfo` only
`hasNextPage` tells the truth, there as here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from demo.services.anilist_errors import DISABLED, AniListError, document_reply, refusal, told_at
from demo.services.anilist_fields import resolvers, review_record
from demo.services.anilist_lists import Lists
from demo.services.anilist_media import MediaSearch, in_order
from demo.services.anilist_query import root_fields, schema
from demo.services.anilist_selection import Chosen, reader
from demo.services.base import Call, Reply, Service
from demo.services.opinions import reviews_of
from demo.services.overlay import Overlay, Record
from demo.sources.anilist import TAG_IDS
from demo.vocabulary import ADULT_GENRE, GENRES, SPOILER_TAGS, TAGS
from demo.world import World

DEEPEST = 5000
TOO_DEEP = f"Page depth exceeds maximum allowed for API requests ({DEEPEST} entries)"
MOST_PER_PAGE, USUAL_PER_PAGE = 50, 25
_REVIEW_SORTS = {"ID": "id", "SCORE": "score", "RATING": "rating", "CREATED_AT": "createdAt", "UPDATED_AT": "updatedAt"}

Args = Mapping[str, Any]


class AniListService(Service):
    """AniList.

    Attributes:
        is_disabled: set it, and every request gets the 403 of an API that is switched off.
    """

    name = "anilist"
    prefix = "/anilist"

    def __init__(self, world: World, overlay: Overlay) -> None:
        self.is_disabled = False
        schema()  # built now rather than while the first client waits
        self._world, self._overlay = world, overlay
        self._lists = Lists(world, overlay)
        self._search = MediaSearch(overlay)
        self._resolvers = resolvers(overlay, self._lists)
        self._written: list[Record] | None = None
        self._roots: dict[str, Callable[[Args], Any]] = {
            "Media": self._media,
            "MediaListCollection": self._lists.collection,
            "MediaList": self._list_entry,
            "User": self._user,
            "GenreCollection": _genres,
            "MediaTagCollection": _tags,
        }
        self._pages: dict[str, Callable[[Args], list[Record]]] = {
            "media": self._search.find,
            "mediaList": self._lists.page,
            "reviews": self._reviews,
        }

    def answer(self, call: Call) -> Reply:
        """What the endpoint says to a POST; anything else is refused."""
        if self.is_disabled:
            return refusal(DISABLED, 403)
        if call.path not in ("", "/"):
            return refusal("Not Found.", 404)
        if call.method != "POST":
            return refusal("Method Not Allowed", 405)
        fields = root_fields(call.body)
        return fields if isinstance(fields, Reply) else self._answered(fields)

    def _answered(self, fields: tuple[Chosen, ...]) -> Reply:
        """Data for the fields that can be answered, and an error and null for each other one."""
        data: dict[str, Any] = {}
        errors, status = [], 200
        for field in fields:
            try:
                data[field.key] = self._root(field)
            except AniListError as problem:
                data[field.key] = None
                errors.append(told_at(problem, field.node))
                status = problem.status if status == 200 else status
        return document_reply({"errors": errors, "data": data} if errors else {"data": data}, status)

    def _root(self, field: Chosen) -> Any:
        """The value of one field of `Query`."""
        if field.name == "Page":
            return self._page(field)
        if field.name == "__typename":
            return field.owner
        resolve = self._roots.get(field.name)
        if resolve is None:
            raise AniListError(f"{field.name} is not served by this stand-in", 501)
        return _read(field, resolve(field.args), self._resolvers)

    def _page(self, field: Chosen) -> Record:
        """A page of exactly one kind of thing."""
        page = max(1, field.args.get("page") or 1)
        size = USUAL_PER_PAGE if field.args.get("perPage") is None else field.args["perPage"]
        if not 1 <= size <= MOST_PER_PAGE:
            raise AniListError(f"The perPage argument must be between 1 and {MOST_PER_PAGE}")
        if page * size > DEEPEST:
            raise AniListError(TOO_DEEP)
        kinds = [one for one in field.inner if one.name not in ("pageInfo", "__typename")]
        if len(kinds) != 1:
            raise AniListError(f"A page holds exactly one kind of data, not {len(kinds)}")
        find = self._pages.get(kinds[0].name)
        if find is None:
            raise AniListError(f"Page.{kinds[0].name} is not served by this stand-in", 501)
        found = find(kinds[0].args)
        info = {
            "total": DEEPEST,
            "perPage": size,
            "currentPage": page,
            "lastPage": DEEPEST // size,
            "hasNextPage": len(found) > page * size,
        }
        values = {"pageInfo": info, kinds[0].name: found[(page - 1) * size : page * size]}
        return {
            one.key: one.owner if one.name == "__typename" else _read(one, values[one.name], self._resolvers)
            for one in field.inner
        }

    def _media(self, args: Args) -> Record:
        found = self._search.find(args)
        if not found:
            raise AniListError("Not Found.", 404)
        return found[0]

    def _list_entry(self, args: Args) -> Record:
        found = self._lists.page(args)
        if not found:
            raise AniListError("Not Found.", 404)
        return found[0]

    def _user(self, args: Args) -> Record:
        return self._lists.profile(self._lists.user(args.get("id"), args.get("name"), unknown="Not Found."))

    def _reviews(self, args: Args) -> list[Record]:
        """Reviews of titles that the catalogue shows, in the order that is asked for."""
        if self._written is None:
            self._written = [review_record(review) for review in reviews_of(self._world, "anilist")]
        found = [one for one in self._written if self._overlay.record("anilist", str(one["mediaId"])) is not None]
        for name, field in (("id", "id"), ("mediaId", "mediaId"), ("userId", "userId"), ("mediaType", "mediaType")):
            if args.get(name) is not None:
                found = [one for one in found if one[field] == args[name]]
        return in_order(found, args.get("sort") or ["ID"], _REVIEW_SORTS, Record.get)


def _read(field: Chosen, value: Any, known: Any) -> Any:
    """What is asked of the value of a field: of each object in it, or the value itself."""
    if not field.inner or value is None:
        return value
    read = reader(field.inner, known)
    return [read(item) for item in value] if isinstance(value, list) else read(value)


def _genres(_: Args) -> list[str]:
    return sorted([*GENRES, ADULT_GENRE])


def _tags(_: Args) -> list[Record]:
    return [
        {
            "id": TAG_IDS[name],
            "name": name,
            "category": TAGS[name][0],
            "isGeneralSpoiler": name in SPOILER_TAGS,
            "isMediaSpoiler": name in SPOILER_TAGS,
            "isAdult": False,
        }
        for name in TAGS
    ]
