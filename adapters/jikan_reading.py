"""What Jikan's replies mean: documents, rows, and what is odd about a page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.base import Json, Reply, Request
from adapters.errors import AdapterError, Garbled, Misunderstood, NotFound, Throttled, Unavailable
from adapters.pagination import within

_LONGEST_MESSAGE = 200
#: The type of a 404 for an address that is none; one for a title that is not there is a `BadResponseException`.
_NO_ROUTE = "HttpException"


def read(reply: Reply, request: Request) -> Json:
    """The document in a reply.

    Raises:
        Throttled: 429, Jikan's own or MyAnimeList's passed on.
        Unavailable: 5xx (faults of MyAnimeList are passed on as 500 and 504); a page of HTML, or a 404 that is not
            in Jikan's own words: something before Jikan has answered, which knows nothing of titles.
        Garbled: what is no whole answer.
        NotFound: there is no such thing.
        Misunderstood: another 4xx, and a 404 for the address itself, which nothing follows from for a title.
    """
    if reply.status == 429:
        raise Throttled(f"it asks for fewer requests ({_message(reply)})")
    if reply.status >= 500:
        raise Unavailable(f"status {reply.status} ({_message(reply)})")
    if reply.body.lstrip()[:1] == b"<":
        raise Unavailable(f"a page of HTML instead of an answer (status {reply.status})")
    if reply.status == 404:
        raise _of_404(reply, request)
    if reply.status != 200:
        raise Misunderstood(f"status {reply.status} to {request.path} ({_message(reply)})")
    document = _parsed(reply.body)
    if not isinstance(document, dict) or not isinstance(document.get("data"), list | dict):
        # A fault that Jikan met half way may well come with status 200.
        raise Garbled(f"an answer without data ({_message(reply)})")
    return document


def rows_of(document: Json) -> list[Json]:
    """Everything in the list of a page, whatever it is."""
    data = within(document, "data")
    return list(data) if isinstance(data, list) else []


def records(document: Json) -> Sequence[Mapping[str, Json]]:
    """The titles of a page, or the one that was asked for by its id; what has no id is left out."""
    data = within(document, "data")
    rows: list[Json] = data if isinstance(data, list) else [data]
    return [row for row in rows if has_id(row)]


def has_id(row: Json) -> bool:
    """Whether this is an object with an id of MyAnimeList."""
    return isinstance(row, Mapping) and type(row.get("mal_id")) is int


def ids_of(rows: Sequence[Json]) -> tuple[str, ...]:
    """The ids of those rows that have one, in order."""
    return tuple(str(row["mal_id"]) for row in rows if has_id(row))


@dataclass(frozen=True)
class Page:
    """One page of a listing.

    Attributes:
        rows: its rows, nulls included.
        has_next: whether it says that another one follows; None where it says nothing.
        number: its number as it says itself; None where it says nothing.
        total: how many rows it says the listing has; None where it says nothing.
    """

    rows: tuple[Json, ...]
    has_next: bool | None
    number: int | None
    total: int | None

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of its rows."""
        return ids_of(self.rows)

    @property
    def blank(self) -> tuple[int, ...]:
        """The places, from 1, of rows without an id."""
        return tuple(place for place, row in enumerate(self.rows, 1) if not has_id(row))


def page_of(document: Json) -> Page:
    """The page in a document; an empty one where there is none."""
    has_next = within(document, "pagination", "has_next_page")
    return Page(
        rows=tuple(rows_of(document)),
        has_next=has_next if isinstance(has_next, bool) else None,
        number=_number(within(document, "pagination", "current_page")),
        total=_number(within(document, "pagination", "items", "total")),
    )


def _mapping(value: Json) -> Mapping[str, Any]:
    """The value where it is an object; an empty one otherwise."""
    return value if isinstance(value, Mapping) else {}


def _number(value: Json) -> int | None:
    """The value where it is a whole number."""
    return value if type(value) is int else None


def _parsed(body: bytes) -> Json:
    """The JSON of a body."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as problem:
        raise Garbled("the answer is no whole JSON") from problem


def _words(reply: Reply) -> Mapping[str, Any]:
    """What an error says, field by field; nothing where it is no JSON object."""
    try:
        return _mapping(json.loads(reply.body))
    except (ValueError, RecursionError):
        # Not Jikan's words.
        return {}


def _of_404(reply: Reply, request: Request) -> AdapterError:
    """The exception for a 404: of somebody before Jikan, of its addresses, or of what stands behind one of them."""
    if not _is_own(reply):
        return Unavailable("a 404 that is not Jikan's own")
    if _words(reply)["type"] == _NO_ROUTE:
        return Misunderstood(f"it has no address {request.path}; check OSUSUME_JIKAN_URL")
    return NotFound("there is no such thing")


def _is_own(reply: Reply) -> bool:
    """Whether an error is Jikan's own: it repeats its status, and has a type."""
    words = _words(reply)
    return str(words.get("status")) == str(reply.status) and isinstance(words.get("type"), str)


def _message(reply: Reply) -> str:
    """What an error says about itself; validation errors say it in `messages`."""
    words = _words(reply)
    said = words.get("message") or words.get("messages") or words.get("type") or "no message"
    return str(said)[:_LONGEST_MESSAGE]
