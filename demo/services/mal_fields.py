"""The `fields` parameter of MyAnimeList's API: reads it and cuts records down to what it names.

The one rule: a value that does not exist is left out, and a name that nobody knows is ignored.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

Fields = Mapping[str, "Fields"]
Record = Mapping[str, Any]

#: What every anime shows, named or not.
DEFAULT = ("id", "title", "main_picture")


class FieldsError(ValueError):
    """The braces do not pair, or stand where no name is."""


def read_fields(text: str) -> Fields:
    """The names of a `fields` parameter, each with the names in its braces.

    Args:
        text: for instance ``mean,genres{name},related_anime{media_type}``; '' names nothing.

    Raises:
        FieldsError: it cannot be read.
    """
    root: dict[str, Any] = {}
    open_braces = [root]
    name = ""
    last: dict[str, Any] | None = None
    for sign in text + ",":
        if sign not in ",{}":
            name += sign
            continue
        if name.strip():
            last = open_braces[-1].setdefault(name.strip(), {})
        if sign == "{":
            if not name.strip() or last is None:
                raise FieldsError("a brace follows no name")
            open_braces.append(last)
        elif sign == "}":
            open_braces.pop()
            if not open_braces:
                raise FieldsError("a brace is closed that was not opened")
        name = ""
    if len(open_braces) > 1:
        raise FieldsError("a brace is not closed")
    return root


def cut(record: Record, fields: Fields, leave_out: Collection[str] = ()) -> dict[str, Any]:
    """The record with what is always shown and what the fields name.

    Args:
        record: a whole anime.
        fields: as read.
        leave_out: names that this endpoint does not tell.
    """
    wanted = [name for name in (*DEFAULT, *fields) if name in record and name not in leave_out]
    return {name: _inner(record[name], fields.get(name, {})) for name in dict.fromkeys(wanted)}


def _inner(value: Any, fields: Fields) -> Any:
    """A nested value cut down, where names stand in the braces; a nested anime always keeps what all show."""
    if not fields:
        return value
    if isinstance(value, list):
        return [_inner(item, fields) for item in value]
    if not isinstance(value, Mapping):
        return value
    if "node" in value:
        return {**value, "node": cut(value["node"], fields)}
    return {name: _inner(value[name], inner) for name, inner in fields.items() if name in value}
