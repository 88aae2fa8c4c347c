"""AniList users' anime lists, in chunks of 500 entries.

The one rule: of a user only the list is asked for, and only what is named here is landed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from adapters.anilist_pages import fragment
from adapters.base import Crawl, CrawlEnd, Doubt, Json, Plan, Request, User
from adapters.pagination import within

_QUERY = fragment("anilist_list")
_COLLECTION = ("data", "MediaListCollection")
#: AniList shows 11,000 entries of a list at most: 22 chunks, and a few more where custom lists repeat them.
_LAST_CHUNK = 60
_KEPT = (
    "id",
    "mediaId",
    "status",
    "score",
    "progress",
    "repeat",
    "hiddenFromStatusLists",
    "startedAt",
    "completedAt",
    "updatedAt",
    "createdAt",
)


def crawl_lists(plan: Plan) -> Crawl:
    """The requests that read the lists of the plan's users, one after the other."""
    users = {user.subject: user for user in plan.users}
    entries = missing = cut_short = 0
    for user in users.values():
        seen: set[int] = set()
        chunk: int | None = 1
        while chunk is not None:
            answer = yield _request(user, chunk, frozenset(seen))
            if answer.document is None:
                missing += chunk == 1
                cut_short += chunk > 1
                # Closed while it was read: what it showed before counts as little as that of earlier crawls.
                seen.clear()
                break
            fresh = {entry["id"] for entry in list_records(answer.document)} - seen
            seen |= fresh
            # Where it does not say, what comes next is looked at: without anything new in it, it was the end.
            goes_on = within(answer.document, *_COLLECTION, "hasNextChunk") is not False and bool(fresh)
            chunk = chunk + 1 if goes_on and chunk < _LAST_CHUNK else None
        entries += len(seen)
    notes: dict[str, int | str] = {"users": len(users), "users_without_a_list": missing, "entries": entries}
    return CrawlEnd(notes=notes | ({"lists_cut_short": cut_short} if cut_short else {}))


def list_records(document: Json) -> Sequence[Mapping[str, Json]]:
    """The entries of an answer, each once however many of the user's lists it is in, with the user's `scoreFormat`."""
    score_format = within(document, *_COLLECTION, "user", "mediaListOptions", "scoreFormat")
    entries: dict[int, Mapping[str, Json]] = {}
    for entry in _entries(document):
        if _has_id(entry):
            entries.setdefault(entry["id"], {**entry, "scoreFormat": score_format})
    return list(entries.values())


def says_nothing(document: Json) -> bool:
    """Whether this is a list that is not empty, though none of its entries can be read: it would pass for empty."""
    collection = within(document, *_COLLECTION)
    if not isinstance(collection, Mapping) or list_records(document):
        return False
    lists = collection.get("lists")
    return not isinstance(lists, list) or any(within(one, "entries") != [] for one in lists)


def redact_lists(document: Json, hide: Callable[[str], str]) -> Json:  # noqa: ARG001 - nothing that names anyone is kept
    """The answer without anything but entries, their lists' status and the score format."""
    collection = within(document, *_COLLECTION)
    if not isinstance(collection, Mapping):
        return {"data": {_COLLECTION[1]: None}}
    score_format = within(collection, "user", "mediaListOptions", "scoreFormat")
    lists = [
        {
            "isCustomList": within(one, "isCustomList"),
            "status": within(one, "status"),
            "entries": [_redacted(entry) for entry in _items(within(one, "entries"))],
        }
        for one in _items(collection.get("lists"))
    ]
    kept = {
        "hasNextChunk": collection.get("hasNextChunk"),
        "user": {"mediaListOptions": {"scoreFormat": score_format}},
        "lists": lists,
    }
    return {"data": {_COLLECTION[1]: kept}}


def forecast_lists(plan: Plan, known: int, by_year: Mapping[int, int]) -> int:  # noqa: ARG001 - only users count here
    """How many requests lists take: one list in four has more than 500 entries."""
    return len(plan.users) + len(plan.users) // 4


def _request(user: User, chunk: int, seen: frozenset[int]) -> Request:
    """The request for one chunk of a user's list."""
    return Request(
        key=f"{user.subject}@{chunk}",
        body={"query": _QUERY, "variables": {"userName": user.name, "chunk": chunk}},
        subject=user.subject,
        may_be_missing=True,
        doubt=_doubt(seen),
    )


def _doubt(seen: frozenset[int]) -> Doubt:
    """Looks at a chunk, given the entries of those before it."""

    def doubt(document: Json) -> str | None:
        ids = {entry["id"] for entry in list_records(document)}
        lists = within(document, *_COLLECTION, "lists")
        if any(not isinstance(within(one, "entries"), list) for one in _items(lists)) or lists != _items(lists):
            return "one of the lists is null"
        if not all(_has_id(entry) for entry in _entries(document)):
            return "some entries are null or have no id"
        if not ids:
            return "a list without entries"
        if ids <= seen:
            return "all its entries were shown before"
        is_said = isinstance(within(document, *_COLLECTION, "hasNextChunk"), bool)
        return None if is_said else "it does not say whether there are more"

    return doubt


def _entries(document: Json) -> Iterator[Json]:
    """The entries of all lists of an answer, as they stand there."""
    for one in _items(within(document, *_COLLECTION, "lists")):
        yield from _items(within(one, "entries"))


def _items(value: Json) -> list[Json]:
    """What a list holds; [] for what is none."""
    return value if isinstance(value, list) else []


def _has_id(entry: Json) -> bool:
    """Whether this is an entry with an id."""
    return isinstance(entry, Mapping) and type(entry.get("id")) is int


def _redacted(entry: Json) -> Json:
    """What is kept of an entry."""
    return {name: entry[name] for name in _KEPT if name in entry} if isinstance(entry, Mapping) else None
