"""What applications ask the published snapshot, each question one file of sql/serving.

The one rule: a reader sees one snapshot from its first to its last question, whatever is published meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from serving.errors import UnknownUserError
from warehouse.build import fetch
from warehouse.connection import Warehouse

#: A connection as the warehouse room hands it out; only that room knows DuckDB.
Connection: TypeAlias = Any
#: How people call the sources in `source:id`.
SOURCES = {"anilist": "anilist", "kitsu": "kitsu", "mal": "myanimelist", "myanimelist": "myanimelist"}


@dataclass(frozen=True)
class User:
    """One user: key, source, id as the source writes it, entries on the list and how many are rated."""

    user_key: int
    source: str
    user_id: str
    entries: int
    ratings: int

    @property
    def name(self) -> str:
        """The user as `source:user_id`, which is unambiguous."""
        return f"{self.source}:{self.user_id}"


@dataclass(frozen=True)
class Because:
    """One of the user's titles that carried a recommendation: their rating if any, its share of the score."""

    title: str
    rating: float | None
    share: float


@dataclass(frozen=True)
class Recommendation:
    """One recommended anime, ready to be shown.

    Attributes:
        shares: parts of the score by where they come from (collaborative, content, popularity); they add up
            to 1; empty where the model does not tell.
        because: the user's titles that carried it, strongest first.
    """

    rank: int
    anime_key: int
    title: str
    format: str | None
    start_year: int | None
    score: float
    reason: str
    because: tuple[Because, ...]
    shares: dict[str, float]
    model_version_id: str


@dataclass(frozen=True)
class Model:
    """One model version with its headline metrics under one protocol; None where it was not measured.

    `decides` says whether models are promoted by what this protocol says, and is True where nothing was measured.
    """

    is_active: bool
    model_type: str
    model_version_id: str
    ndcg_at_10: float | None
    ndcg_at_10_low: float | None
    ndcg_at_10_high: float | None
    recall_at_20: float | None
    coverage_at_10: float | None
    users: int | None
    protocol: str | None
    decides: bool
    trained_at: datetime | None
    skipped_because: str | None


class Reader:
    """One open snapshot and the questions that can be put to it.

    Args:
        connection: a reader's connection, which stays whoever's it is.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def users(self, user_id: str, source: str | None = None) -> list[User]:
        """Who goes by the id, by source; [] when nobody does."""
        return [User(**row) for row in self._rows("users_by_id", user_id=user_id, source=source)]

    def user(self, name: str) -> User:
        """The one user of that name, which is a `user_id` or `source:user_id`.

        An id may itself contain a colon, so the whole name is tried first.

        Raises:
            UnknownUserError: when there is none, or the id exists in several sources.
        """
        found = self.users(name)
        if not found and (called := source_and_id(name)):
            source, user_id = called
            found = self.users(user_id, source)
        if len(found) > 1:
            names = " or ".join(user.name for user in found)
            raise UnknownUserError(f"the user id {name!r} exists in {len(found)} sources; say which: {names}")
        if not found:
            examples = ", ".join(user.name for user in self.example_users(3))
            raise UnknownUserError(f"there is no user {name!r}. Users are named like {examples or 'source:user_id'}")
        return found[0]

    def example_users(self, users: int) -> list[User]:
        """A few users whose lists are long enough to know a taste by, the same at each call."""
        return [User(**row) for row in self._rows("example_users", users=users)]

    def recommendations(self, user_key: int, rows: int) -> list[Recommendation]:
        """The first so many recommendations of a user, best first; [] when there are none."""
        found = self._rows("recommendations_for_user", user_key=user_key, rows=rows)
        return [_recommendation(row) for row in found]

    def titles(self) -> list[dict[str, Any]]:
        """Every anime that has a title: anime_key, its names, format, start_year, popularity, is_adult."""
        return self._rows("anime_titles")

    def models(self) -> list[Model]:
        """The model versions, the active one first, then the best first."""
        return [Model(**row) for row in self._rows("model_list")]

    def quarantine_counts(self) -> list[dict[str, Any]]:
        """Refused rows by stage and reason, most first: stage, reason, refused, example (file:line)."""
        return self._rows("quarantine_counts")

    def table_counts(self) -> dict[str, int]:
        """Row counts of the published tables, by `table` or, outside of main, `schema.table`."""
        return {_short_name(row): row["row_count"] for row in self._rows("table_counts")}

    def _rows(self, name: str, **params: Any) -> list[dict[str, Any]]:
        """The result of one file of sql/serving, row by row."""
        rows: list[dict[str, Any]] = fetch(self._connection, f"serving/{name}", params).to_pylist()
        return rows


@contextmanager
def open_reader(warehouse: Warehouse) -> Iterator[Reader]:
    """A reader of the snapshot as it is now.

    Raises:
        NothingPublished: when there is no snapshot yet.
    """
    with warehouse.reader() as connection:
        yield Reader(connection)


def source_and_id(words: str) -> tuple[str, str] | None:
    """The source and the id that the words name as `source:id`; None where they name none."""
    source, colon, source_id = words.strip().partition(":")
    known = SOURCES.get(source.casefold())
    return (known, source_id.strip()) if colon and known is not None else None


def _recommendation(row: dict[str, Any]) -> Recommendation:
    """A row of recommendations_for_user with its explanation taken apart."""
    parts = ("collaborative", "content", "popularity")
    shares = {part: row.pop(f"share_{part}") for part in parts}
    because = tuple(
        Because(one["title"], one["rating"], one["share"]) for one in row.pop("because") or () if one is not None
    )
    known = {part: share for part, share in shares.items() if share is not None}
    return Recommendation(**row, because=because, shares=known)


def _short_name(row: dict[str, Any]) -> str:
    """A table as people write it in queries."""
    return row["table_name"] if row["schema_name"] == "main" else f"{row['schema_name']}.{row['table_name']}"
