"""How the AniList stand-in says no: a message, a status, and the document both are sent in."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from graphql import GraphQLError
from graphql.language import Node, get_location

from demo.errors import DemoError
from demo.services.base import Reply

HEADERS = {"Content-Type": "application/json", "Cache-Control": "no-cache, private"}
DISABLED = "The AniList API has been temporarily disabled due to severe stability issues."


class AniListError(DemoError):
    """A field that is not answered; `status` is the HTTP status of the whole reply."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


def document_reply(document: Mapping[str, Any], status: int = 200) -> Reply:
    """The document as JSON."""
    return Reply(status, json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode(), HEADERS)


def refusal(message: str, status: int = 400) -> Reply:
    """A reply without data and with one error."""
    return document_reply({"errors": [{"message": message, "status": status}], "data": None}, status)


def invalid(problems: Sequence[GraphQLError]) -> Reply:
    """A 400 that lists what is wrong with a query."""
    errors = [
        {
            "message": in_double_quotes(problem.message),
            "status": 400,
            "locations": [{"line": place.line, "column": place.column} for place in problem.locations or ()],
        }
        for problem in problems
    ]
    return document_reply({"errors": errors, "data": None}, 400)


def told_at(problem: AniListError, node: Node) -> dict[str, Any]:
    """The error of one field, with its place in the query."""
    told: dict[str, Any] = {"message": str(problem), "status": problem.status}
    if node.loc is not None:
        place = get_location(node.loc.source, node.loc.start)
        told["locations"] = [{"line": place.line, "column": place.column}]
    return told


def in_double_quotes(message: str) -> str:
    """The library's message with names quoted as the service does.

    ```
    Cannot query field 'x' on type 'Y'.  ->  Cannot query field "x" on type "Y".
    ```
    """
    words = message.split(" ")
    return " ".join(_requoted(word) for word in words)


def _requoted(word: str) -> str:
    bare = word.rstrip(".,?:;")
    if len(bare) > 2 and bare[0] == bare[-1] == "'":
        return f'"{bare[1:-1]}"{word[len(bare) :]}'
    return word
