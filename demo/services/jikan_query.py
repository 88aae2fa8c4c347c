"""Reads Jikan's query parameters: pages, filters and orders, refused field by field.

The one rule: a value that is not allowed is named with its field; a field that nobody knows is ignored.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from demo.services.base import Call
from demo.services.jikan_records import TYPES, padded

MOST = 25
ORDERS = {
    "mal_id": "id",
    "title": "title",
    "start_date": "start_date",
    "end_date": "end_date",
    "episodes": "num_episodes",
    "score": "mean",
    "scored_by": "num_scoring_users",
    "rank": "rank",
    "popularity": "popularity",
    "members": "num_list_users",
    "favorites": "num_favorites",
}
STATUSES = {"airing": "currently_airing", "complete": "finished_airing", "upcoming": "not_yet_aired"}
RATINGS = {"g": "g", "pg": "pg", "pg13": "pg_13", "r17": "r", "r": "r+", "rx": "rx"}
KINDS = tuple(kind for kind in TYPES if kind != "unknown")
Node = Mapping[str, Any]


class ValidationError(Exception):
    """Parameters that are not allowed.

    Attributes:
        messages: what is wrong, by field.
    """

    def __init__(self, messages: Mapping[str, list[str]]) -> None:
        super().__init__(str(messages))
        self.messages = messages


@dataclass(frozen=True)
class Page:
    """Which part of a list is wanted: the page's number from 1, and its length."""

    number: int
    limit: int


def read_page(call: Call) -> Page:
    """The page that a call asks for; the first one and 25 unless it says so.

    Raises:
        ValidationError: a number is none, or out of bounds.
    """
    messages: dict[str, list[str]] = {}
    number = _number(call, "page", 1, messages)
    limit = _number(call, "limit", MOST, messages)
    if limit > MOST:
        messages["limit"] = [f"Value {limit} is higher than the configured '{MOST}' max value."]
    if messages:
        raise ValidationError(messages)
    return Page(number, limit)


def flag(call: Call, name: str, usual: bool = False) -> bool:
    """A flag, which is set by being there: `sfw`, `sfw=true`."""
    value = call.param(name)
    return usual if value is None else value.lower() not in ("false", "0")


def read_filter(call: Call) -> Callable[[Node], bool]:
    """Which anime a call to `/anime` wants.

    Raises:
        ValidationError: a value is not one of those that the field knows.
    """
    messages: dict[str, list[str]] = {}
    tests: list[Callable[[Node], bool]] = []
    for name, words, field in (
        ("type", {kind: kind for kind in KINDS}, "media_type"),
        ("status", STATUSES, "status"),
        ("rating", RATINGS, "rating"),
    ):
        value = call.param(name)
        if value and value.lower() not in words:
            messages[name] = [f"The selected {name} is invalid."]
        elif value:
            tests.append(_equals(field, words[value.lower()]))
    least, most = (_score(call, name, messages) for name in ("min_score", "max_score"))
    if least is not None or most is not None:
        tests.append(lambda node: "mean" in node and (least or 0) <= node["mean"] <= (10 if most is None else most))
    tests += _dates(call, messages)
    if words_in_title := (call.param("q") or "").casefold():
        tests.append(lambda node: words_in_title in node["title"].casefold())
    if flag(call, "sfw"):
        tests.append(lambda node: node.get("rating") != "rx")
    if messages:
        raise ValidationError(messages)
    return lambda node: all(test(node) for test in tests)


def read_order(call: Call) -> tuple[str, bool] | None:
    """The field of a node to sort by, and whether from the highest; None where no order is asked for.

    Raises:
        ValidationError: an unknown order or direction.
    """
    order, sort = call.param("order_by"), (call.param("sort") or "asc").lower()
    messages = {}
    if order and order not in ORDERS:
        messages["order_by"] = ["The selected order by is invalid."]
    if sort not in ("asc", "desc"):
        messages["sort"] = ["The selected sort is invalid."]
    if messages:
        raise ValidationError(messages)
    return (ORDERS[order], sort == "desc") if order else None


def _equals(field: str, value: str) -> Callable[[Node], bool]:
    return lambda node: node.get(field) == value


def _dates(call: Call, messages: dict[str, list[str]]) -> list[Callable[[Node], bool]]:
    """What began on a day or later, and what ended on one or earlier; what has no such date is neither."""
    tests: list[Callable[[Node], bool]] = []
    begin, end = (_date(call, name, messages) for name in ("start_date", "end_date"))
    if begin:
        tests.append(lambda node: padded(node.get("start_date", "")) >= begin)
    if end:
        tests.append(lambda node: "end_date" in node and padded(node["end_date"]) <= end)
    return tests


def _date(call: Call, name: str, messages: dict[str, list[str]]) -> str | None:
    text = call.param(name)
    if text and not re.fullmatch(r"[0-9]{4}(-[0-9]{2}){0,2}", text):
        messages[name] = [f"The {name.replace('_', ' ')} is not a valid date."]
    return padded(text) if text else None


def _number(call: Call, name: str, usual: int, messages: dict[str, list[str]]) -> int:
    text = call.param(name)
    if text is None:
        return usual
    if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) < 1:
        messages[name] = [f"The {name} must be at least 1."]
        return usual
    return int(text)


def _score(call: Call, name: str, messages: dict[str, list[str]]) -> float | None:
    text = call.param(name)
    if text is None:
        return None
    if not re.fullmatch(r"[0-9]{1,2}(\.[0-9]{1,2})?", text) or float(text) > 10:
        messages[name] = [f"The {name.replace('_', ' ')} must be between 0 and 10."]
        return None
    return float(text)
