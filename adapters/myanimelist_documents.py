"""What MyAnimeList's documents say: records, paging, errors, and what of them may be kept.

The one rule: a value that does not exist is left out, never null; so what is absent is unknown.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence

from adapters.base import Json, Reply, Request
from adapters.errors import Garbled, Misunderstood, NotFound, Private, Refused, Throttled, Unavailable
from adapters.pagination import objects, offset_of, within
from adapters.windows import Page, Window

#: The status of a list that its owner does not show, or that we have asked for too often.
FORBIDDEN = 403
#: The facts of a list entry; its comments and tags are the user's own words.
ENTRY_FIELDS = (
    "status",
    "score",
    "num_episodes_watched",
    "is_rewatching",
    "num_times_rewatched",
    "start_date",
    "finish_date",
    "updated_at",
)


def read(reply: Reply, request: Request) -> Json:
    """The JSON object of a reply: a list has `data`, a title has its `id`."""
    is_page = reply.body.lstrip()[:1] == b"<"
    is_list = request.path.startswith("/users/")
    if reply.status == 403 and (is_page or not is_list):
        raise Throttled(
            "it refuses the request (403): asked too often, or OSUSUME_MYANIMELIST_CLIENT_ID is not a client id of "
            "myanimelist.net/apiconfig",
            may_be_refusal=True,
        )
    if reply.status == 429:
        raise Throttled("it asks for fewer requests (429)")
    if reply.status >= 500 or is_page:
        raise Unavailable(f"it answered with status {reply.status}{' and a page of HTML' if is_page else ''}")
    try:
        document = json.loads(reply.body)
    except (ValueError, RecursionError) as problem:
        raise Garbled(f"the answer is no whole JSON (status {reply.status}, {len(reply.body):,} bytes)") from problem
    if reply.status == 404 and not isinstance(within(document, "error"), str):
        # Something before MyAnimeList has answered, which knows nothing of titles and users.
        raise Unavailable("a 404 that is not MyAnimeList's own")
    told = f"{within(document, 'error') or ''} {within(document, 'message') or ''}".strip()[:300]
    kinds = {
        401: (Refused, "it does not accept OSUSUME_MYANIMELIST_CLIENT_ID (401)"),
        FORBIDDEN: (Private, "the owner does not show this list"),
        404: (NotFound, "there is no such user" if is_list else "there is no such title or season"),
    }
    if reply.status in kinds:
        kind, meaning = kinds[reply.status]
        raise kind(f"{meaning}{f': {told}' if told else ''}")
    if reply.status != 200:
        raise Misunderstood(f"status {reply.status}: {told}")
    if not _is_whole(document, request):
        raise Garbled(f"an answer of status 200 without what was asked for: {told}")
    return document


def _is_whole(document: Json, request: Request) -> bool:
    """Whether a document has the shape of an answer to the request."""
    if request.path.removeprefix("/anime/").isdecimal():
        return within(document, "id") is not None
    data = within(document, "data")
    # A list whose entries say nothing would pass for an empty one.
    says_nothing = request.path.startswith("/users/") and bool(data) and not list_records(document)
    return isinstance(data, list) and not says_nothing


def page_of(document: Json, window: Window) -> Page:  # noqa: ARG001 - a Listing's page is told the window
    """The paging of an answer."""
    return _page_of(document, [within(item, "node", "id") for item in document["data"]])


def page_of_list(document: Json, window: Window) -> Page:  # noqa: ARG001 - a Listing's page is told the window
    """The paging of an answer with a user's entries: one that says nothing of its anime is none."""
    found = [item if isinstance(within(item, "list_status"), Mapping) else None for item in document["data"]]
    return _page_of(document, [within(item, "node", "id") for item in found])


def _page_of(document: Json, found: Sequence[Json]) -> Page:
    """The paging of an answer whose rows have these ids."""
    return Page(
        ids=tuple(str(one) for one in found if one is not None),
        rows=len(found),
        next_offset=offset_of(within(document, "paging", "next"), "offset"),
        blank=tuple(place for place, one in enumerate(found, 1) if one is None),
    )


def _nodes(document: Json) -> list[Mapping[str, Json]]:
    """The anime in the items of a list."""
    nodes = [within(item, "node") for item in objects(document)]
    return [node for node in nodes if within(node, "id") is not None]


def anime_records(document: Json) -> list[Mapping[str, Json]]:
    """The nodes of a list, or the one title that the document is about."""
    if within(document, "data") is None:
        return [document] if within(document, "id") is not None else []
    return _nodes(document)


def list_records(document: Json) -> list[Mapping[str, Json]]:
    """Entries: which anime, and what the user says about it."""
    return [
        {"node": {"id": item["node"]["id"]}, "list_status": _entry(item["list_status"])}
        for item in objects(document)
        if within(item, "node", "id") is not None and isinstance(item.get("list_status"), Mapping)
    ]


def _entry(status: Mapping[str, Json]) -> dict[str, Json]:
    """The facts of an entry: comments and tags are the user's own words, and left out."""
    return {name: status[name] for name in ENTRY_FIELDS if name in status}


def redact_lists(document: Json, hide: Callable[[str], str]) -> Json:  # noqa: ARG001 - a Stream's redact has it
    """Entries without titles and words, and without the link to the next page, which names the user."""
    data: list[Json] = []
    for item in document["data"]:
        node = within(item, "node", "id")
        shown = {} if node is None else {"node": {"id": node}}
        status = within(item, "list_status")
        data.append(shown | ({"list_status": _entry(status)} if isinstance(status, Mapping) else {}))
    offset = offset_of(within(document, "paging", "next"), "offset")
    return {"data": data, "paging": {} if offset is None else {"next": f"?offset={offset}"}}
