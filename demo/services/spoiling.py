"""Pages that arrive whole and are not right: an old page, an empty one, nulls, strange words, errors under 200.

The one rule: a spoilt page gives itself away, by its page number or by saying that more follows, or changes
nothing that counts. No record is hidden by one for a client that looks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from demo.services.base import Call, Reply

Answer = Callable[[Call], Reply]


@dataclass(frozen=True)
class Served:
    """A good answer that may be spoilt.

    Attributes:
        source: whose.
        call: what was asked.
        reply: what would be said; status 200 and a JSON object.
        answer: the service's own answer to any call.
    """

    source: str
    call: Call
    reply: Reply
    answer: Answer


#: The spoilt reply; None where this way does not fit the answer.
Spoiler = Callable[[Served], Reply | None]

#: A word that no contract knows, for fields that nothing depends on.
STRANGE_WORD = "HOLOGRAM"
#: The number of a page, or its variable, in a query of AniList.
_PAGE_NUMBER = re.compile(r"\b(?:Page\s*\(\s*page|chunk)\s*:\s*(\$\w+|\d+)")
_MORE = ("hasNextPage", "hasNextChunk", "has_next_page", "next")


def previous_page(served: Served) -> Reply | None:
    """The page before this one once more, as a cache gone wrong would serve it."""
    before = previous_call(served.call)
    earlier = None if before is None else served.answer(before)
    return None if earlier is None or earlier.status != 200 or earlier.body == served.reply.body else earlier


def empty_page(served: Served) -> Reply | None:
    """The page without its records, where it says itself that more follow."""
    document = json.loads(served.reply.body)
    pages = [page for page in _pages(document) if page.rows and page.has_more]
    for page in pages:
        page.rows.clear()
    return _with_body(served.reply, document) if pages else None


def null_items(served: Served) -> Reply | None:
    """The page with a null among its records."""
    document = json.loads(served.reply.body)
    pages = [page for page in _pages(document) if page.rows]
    for page in pages:
        page.rows.insert(len(page.rows) // 2, None)
    return _with_body(served.reply, document) if pages else None


def strange_words(served: Served) -> Reply | None:
    """The page with an unknown kind of link on its titles; nothing is read from that."""
    if served.source != "anilist":
        return None
    document = json.loads(served.reply.body)
    links = [
        link
        for page in _pages(document)
        for row in page.rows
        for link in (row.get("externalLinks") or () if isinstance(row, dict) else ())
        if "type" in link
    ]
    for link in links:
        link["type"] = STRANGE_WORD
    return _with_body(served.reply, document) if links else None


def errors_with_200(served: Served) -> Reply | None:
    """GraphQL's way to fail: status 200, no data, and a list of errors."""
    if served.source != "anilist":
        return None
    data = json.loads(served.reply.body).get("data") or {}
    error = {"message": "Internal Server Error", "status": 500, "locations": [{"line": 1, "column": 1}]}
    return _with_body(served.reply, {"errors": [error], "data": dict.fromkeys(data)})


SPOILERS: dict[str, Spoiler] = {
    "previous_page": previous_page,
    "empty_page": empty_page,
    "null_items": null_items,
    "strange_words": strange_words,
    "errors_with_200": errors_with_200,
}


def previous_call(call: Call) -> Call | None:
    """The call for the page before; None where this is the first one or has no page number."""
    query = dict(call.query)
    if call.method == "POST":
        body = _previous_variables(call.body)
        return None if body is None else replace(call, body=body)
    if query.get("page", "").isdecimal():
        return _turned(call, "page", int(query["page"]) - 1, 1)
    for offset, limit in (("offset", "limit"), ("page[offset]", "page[limit]")):
        if query.get(offset, "").isdecimal() and query.get(limit, "").isdecimal():
            return _turned(call, offset, int(query[offset]) - int(query[limit]), 0)
    return None


def _turned(call: Call, name: str, value: int, least: int) -> Call | None:
    """The call with another page number, if there is such a page."""
    if value < least:
        return None
    query = tuple((key, str(value) if key == name else text) for key, text in call.query)
    return replace(call, query=query)


def _previous_variables(body: bytes) -> bytes | None:
    """A GraphQL body that asks for the pages before: as many back as it asks for of one list at once."""
    document = json.loads(body)
    query, variables = document.get("query") or "", document.get("variables") or {}
    places = _PAGE_NUMBER.findall(query)
    numbers = [variables.get(place[1:]) if place.startswith("$") else int(place) for place in places]
    step = 1 if len(set(numbers)) == 1 else len(numbers)
    known = sorted(number for number in numbers if isinstance(number, int))
    if len(known) < len(places) or not known or known[0] <= step:
        return None
    if step > 1 and known != list(range(known[0], known[0] + step)):
        return None
    earlier = {place[1:]: variables[place[1:]] - step for place in places if place.startswith("$")}
    query = _PAGE_NUMBER.sub(lambda found: _less(found, step), query)
    return json.dumps({**document, "query": query, "variables": {**variables, **earlier}}).encode()


def _less(found: re.Match[str], step: int) -> str:
    """The page number in a query, if it stands there itself, by so much smaller."""
    whole, place = found[0], found[1]
    return whole if place.startswith("$") else whole[: -len(place)] + str(int(place) - step)


class _Page:
    """One list of records in a document, and whether the document says that more follow."""

    def __init__(self, rows: list[Any], has_more: bool) -> None:
        self.rows, self.has_more = rows, has_more


def _pages(document: Any) -> Iterator[_Page]:
    """The pages in an answer of any source: one in most, several in AniList's."""
    data = document.get("data")
    if isinstance(data, list):
        paging = document.get("paging") or document.get("pagination") or document.get("links") or {}
        yield _Page(data, any(paging.get(name) for name in _MORE))
    elif isinstance(data, dict):
        for part in data.values():
            paging = (part.get("pageInfo") or part) if isinstance(part, dict) else {}
            if paging.keys() & set(_MORE):
                rows = [value for value in part.values() if isinstance(value, list)]
                yield from (_Page(value, any(paging.get(name) for name in _MORE)) for value in rows)


def _with_body(reply: Reply, document: Any) -> Reply:
    """The reply with another document."""
    return Reply(reply.status, json.dumps(document, ensure_ascii=False).encode(), reply.headers)
