"""AniList's search: which titles fit the arguments of `media`, and in which order.

The one rule: null fits nothing. A title without a start date is in no window of start dates, and one without
a format is in no cell of formats, as in the database behind the real service.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from demo.services.anilist_errors import AniListError
from demo.services.overlay import Overlay, Record

#: As the real service puts it.
ILLEGAL = "Illegal operator and value combination"
_MOST_KEPT = 64
_PLAIN = (
    "id",
    "idMal",
    "type",
    "format",
    "status",
    "season",
    "seasonYear",
    "isAdult",
    "isLicensed",
    "episodes",
    "duration",
    "source",
    "countryOfOrigin",
    "averageScore",
    "popularity",
)
#: By the ending of the argument: does a title's value fit the given one? Values are never None here.
_FITS: dict[str, Callable[[Any, Any], bool]] = {
    "": lambda value, given: value == given,
    "not": lambda value, given: value != given,
    "in": lambda value, given: value in given,
    "not_in": lambda value, given: value not in given,
    "greater": lambda value, given: isinstance(value, int) and value > int(given),
    "lesser": lambda value, given: isinstance(value, int) and value < int(given),
}
_SORTS = {
    "ID": "id",
    "UPDATED_AT": "updatedAt",
    "POPULARITY": "popularity",
    "FAVOURITES": "favourites",
    "TRENDING": "trending",
    "SCORE": "averageScore",
    "EPISODES": "episodes",
    "DURATION": "duration",
    "START_DATE": "startDate",
    "END_DATE": "endDate",
    "FORMAT": "format",
    "STATUS": "status",
    "TYPE": "type",
    "TITLE_ROMAJI": "romaji",
    "TITLE_ENGLISH": "english",
    "TITLE_NATIVE": "native",
}


class MediaSearch:
    """Finds titles, and remembers what it found until the catalogue changes."""

    def __init__(self, overlay: Overlay) -> None:
        self._overlay = overlay
        self._found: dict[str, list[Record]] = {}
        self._changes = -1

    def find(self, args: Mapping[str, Any]) -> list[Record]:
        """The titles that fit, sorted; the arguments are those of `Page.media` and `Media`.

        Raises:
            AniListError: an argument is null where it must not be, or is not served here.
        """
        changes = self._overlay.changes("anilist")
        if changes != self._changes or len(self._found) > _MOST_KEPT:
            self._found, self._changes = {}, changes
        key = json.dumps(args, sort_keys=True)
        if key not in self._found:
            self._found[key] = self._search(args)
        return self._found[key]

    def _search(self, args: Mapping[str, Any]) -> list[Record]:
        wanted = dict(args)
        order = wanted.pop("sort", None) or ["ID"]
        records = self._overlay.records("anilist")
        for name, given in wanted.items():
            fits = _test(name, given)
            records = records if fits is None else [record for record in records if fits(record)]
        return in_order(records, order, _SORTS, value_of)


def _test(name: str, given: Any) -> Callable[[Record], bool] | None:
    """What one argument asks of a title; None = nothing."""
    base, _, ending = name.partition("_")
    if given is None:
        if ending in ("greater", "lesser", "like"):
            raise AniListError(ILLEGAL)
        return None
    if base == "genre" and ending in ("", "in", "not_in"):
        names = {given} if ending == "" else set(given)
        return lambda record: (not names.isdisjoint(record["genres"])) is (ending != "not_in")
    if base not in (*_PLAIN, "startDate", "endDate") or ending not in _FITS:
        raise AniListError(f'The argument "{name}" is not served by this stand-in', 501)
    fits = _FITS[ending]

    def test(record: Record) -> bool:
        value = value_of(record, base)
        return value is not None and fits(value, given)

    return test


def value_of(record: Record, name: str) -> Any:
    """A value to filter or sort by; None where the title has none."""
    if name in ("startDate", "endDate"):
        return fuzzy_number(record[name])
    if name in ("romaji", "english", "native"):
        return record["title"][name]
    return record[name]


def fuzzy_number(when: Mapping[str, int | None]) -> int | None:
    """A date as YYYYMMDD with 00 for what is unknown; None where not even the year is known."""
    if when["year"] is None:
        return None
    return when["year"] * 10_000 + (when["month"] or 0) * 100 + (when["day"] or 0)


def in_order(
    records: Sequence[Record],
    order: Sequence[str | None],
    fields: Mapping[str, str],
    value: Callable[[Record, str], Any],
) -> list[Record]:
    """The records by several keys, the first one counting most; null is the smallest value.

    Args:
        records: in the order that ties keep.
        order: e.g. `["POPULARITY_DESC", "ID"]`.
        fields: the field behind each key.
        value: reads a field from a record.

    Raises:
        AniListError: a key is not served here.
    """
    found = list(records)
    for key in reversed([one for one in order if one is not None]):
        field = fields.get(key.removesuffix("_DESC"))
        if field is None:
            raise AniListError(f"Sorting by {key} is not served by this stand-in", 501)
        found.sort(key=lambda record, of=field: _rank(value(record, of)), reverse=key.endswith("_DESC"))  # type: ignore[misc]
    return found


def _rank(value: Any) -> tuple[int, Any]:
    """Null before numbers before texts, so that a text among numbers does no harm."""
    if value is None:
        return (0, 0)
    return (2, value) if isinstance(value, str) else (1, value)
