"""Kitsu's anime as an anonymous reader sees them: filtered, sorted and told with what surrounds them.

The one rule: what is rated R18 or marked NSFW does not exist for this reader, neither in lists nor in counts.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from demo.services.kitsu_query import Query, QueryError, Shape
from demo.services.kitsu_related import RELATIONSHIPS, Surroundings
from demo.services.kitsu_resources import Resource
from demo.services.overlay import Overlay
from demo.world import World

ATTRIBUTES = (
    "createdAt",
    "updatedAt",
    "slug",
    "synopsis",
    "description",
    "coverImageTopOffset",
    "titles",
    "canonicalTitle",
    "abbreviatedTitles",
    "averageRating",
    "ratingFrequencies",
    "userCount",
    "favoritesCount",
    "startDate",
    "endDate",
    "nextRelease",
    "popularityRank",
    "ratingRank",
    "ageRating",
    "ageRatingGuide",
    "subtype",
    "status",
    "tba",
    "posterImage",
    "coverImage",
    "episodeCount",
    "episodeLength",
    "totalLength",
    "youtubeVideoId",
    "showType",
    "nsfw",
)
UNSORTABLE = {"titles", "abbreviatedTitles", "ratingFrequencies", "posterImage", "coverImage"}
NESTED = ("mediaRelationships.destination", "animeProductions.producer", "mappings.item", "mediaRelationships.source")
SHAPE = Shape(
    "anime",
    20,
    frozenset({"id", *ATTRIBUTES} - UNSORTABLE),
    frozenset({"id", "slug", "subtype", "status", "since", "text"}),
    frozenset((*RELATIONSHIPS, *NESTED)),
)
FILTERED_BY = {"slug": "slug", "subtype": "subtype", "status": "status"}
Record = dict[str, Any]


class Catalogue:
    """The anime that can be seen now; safe to share between threads."""

    def __init__(self, world: World, overlay: Overlay) -> None:
        teller = world.sources["kitsu"]
        self._overlay = overlay
        self._rows = {str(teller.ids[row]): row for row in teller.rows()}
        self._around = Surroundings(world, self.resource)
        self._lock = threading.Lock()
        self._seen_at = -1
        self._visible: dict[str, Record] = {}
        self._hidden: frozenset[int] = frozenset()
        self._orders: dict[tuple[tuple[str, bool], ...], list[str]] = {}

    def visible(self) -> dict[str, Record]:
        """The records that can be seen, by id, in the order of ids. Not to be changed by the caller."""
        with self._lock:
            self._refresh()
            return self._visible

    def hidden(self) -> frozenset[int]:
        """The ids of anime that are there but cannot be seen."""
        with self._lock:
            self._refresh()
            return self._hidden

    def resource(self, number: str) -> Resource | None:
        """One anime; None where there is none that can be seen."""
        record = self.visible().get(number)
        if record is None:
            return None
        row = self._rows.get(number)
        return Resource("anime", number, record["attributes"], many=RELATIONSHIPS, related=self._related(row))

    def select(self, query: Query) -> Sequence[str]:
        """The ids that pass the filters, in the order asked for; by id where none was."""
        numbers: Sequence[str] = self._ordered(query.sort)
        if not query.filters:
            return numbers
        keeps = [_test(name, value) for name, value in query.filters.items()]
        visible = self.visible()
        return [number for number in numbers if number in visible and all(keep(visible[number]) for keep in keeps)]

    def _related(self, row: int | None) -> Callable[[str], Sequence[Resource]]:
        return lambda name: () if row is None else self._around.of(row, name)

    def _ordered(self, sort: tuple[tuple[str, bool], ...]) -> list[str]:
        with self._lock:
            self._refresh()
            if sort not in self._orders:
                numbers = list(self._visible)
                for name, descending in reversed(sort):
                    numbers = _sorted(numbers, self._visible, name, descending)
                self._orders[sort] = numbers
            return self._orders[sort]

    def _refresh(self) -> None:
        """Work everything out again where the records have changed."""
        changes = self._overlay.changes("kitsu")
        if changes == self._seen_at:
            return
        records = self._overlay.records("kitsu")
        self._visible = {record["id"]: record for record in records if not _is_adult(record)}
        self._hidden = frozenset(int(record["id"]) for record in records if _is_adult(record))
        self._orders = {}
        self._seen_at = changes


def _is_adult(record: Record) -> bool:
    return record["attributes"].get("ageRating") == "R18" or bool(record["attributes"].get("nsfw"))


def _sorted(numbers: list[str], records: Mapping[str, Record], name: str, descending: bool) -> list[str]:
    """By one attribute, records without it last, whatever the direction."""
    if name == "id":
        return sorted(numbers, key=int, reverse=descending)
    values = {number: records[number]["attributes"].get(name) for number in numbers}
    there = [number for number in numbers if values[number] is not None]
    there.sort(key=lambda number: _sortable(values[number]), reverse=descending)
    return there + [number for number in numbers if values[number] is None]


def _sortable(value: object) -> tuple[float, str]:
    return (float(value), "") if isinstance(value, int | float) else (float("inf"), str(value))


def _test(name: str, value: str) -> Callable[[Record], bool]:
    """Whether a record passes one filter; a comma means "or"."""
    if name == "since":
        since = moment(value)
        return lambda record: moment(record["attributes"]["updatedAt"]) >= since
    if name == "text":
        words = value.casefold()
        return lambda record: words in f"{record['attributes']['canonicalTitle']}".casefold()
    wanted = frozenset(value.split(","))
    if name == "id":
        return lambda record: record["id"] in wanted
    attribute = FILTERED_BY[name]
    return lambda record: record["attributes"].get(attribute) in wanted


def moment(text: str) -> datetime:
    """A time as a filter gives it, UTC where it does not say.

    Raises:
        QueryError: it is no time.
    """
    try:
        when = datetime.fromisoformat(text)
    except ValueError as problem:
        detail = f"{text} is not a valid value for since."
        raise QueryError("103", "Invalid filter value", detail) from problem
    return when if when.tzinfo else when.replace(tzinfo=UTC)
