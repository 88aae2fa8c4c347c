"""A small AniList in memory, which keeps the rules that crawls rely on, and a reader that asks as `asking` does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from graphql import FieldNode, OperationDefinitionNode, parse, value_from_ast_untyped

from adapters.asking import CONFIRMATIONS
from adapters.base import Answer, CrawlEnd, Plan, Request, Stream

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
Row = dict[str, Any]


class Unacceptable(Exception):  # noqa: N818 - the service's word for a 400
    """The request breaks a rule of the service."""


def anime(number: int, start: int | None = None, *, status: str = "FINISHED", updated: int = 1000) -> Row:
    """A title; `start` is a FuzzyDateInt, None = no date."""
    year, rest = divmod(start or 0, 10_000)
    month, day = divmod(rest, 100)
    return {
        "id": number,
        "type": "ANIME",
        "status": status,
        "startDate": {"year": year or None, "month": month or None, "day": day or None},
        "updatedAt": updated,
    }


def review(number: int, about: int, *, updated: int = 1000) -> Row:
    """A review."""
    return {"id": number, "userId": 7000 + number, "mediaId": about, "score": 70, "body": "x", "updatedAt": updated}


@dataclass
class TinyAniList:
    """Titles and reviews behind AniList's filters.

    Attributes:
        media: the titles.
        reviews: the reviews.
        most_ids: ids that one page takes.
        ends_at_5000: whether page 100 says that it is the last one, going by the total, which never exceeds 5,000.
    """

    media: Iterable[Row] = ()
    reviews: Iterable[Row] = ()
    most_ids: int = 100_000
    ends_at_5000: bool = False
    _found: dict[str, list[Row]] = field(default_factory=dict)
    _by_id: dict[int, Row] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Titles are found by their ids."""
        self._by_id = {row["id"]: row for row in self.media}

    def __call__(self, request: Request) -> dict[str, Any]:
        """The document that answers a request."""
        body = request.body
        assert body is not None
        return {"data": {_alias(page): self._page(page, body["variables"]) for page in _fields(body["query"])}}

    def _page(self, page: FieldNode, variables: Mapping[str, Any]) -> dict[str, Any]:
        """One `Page`: the rows that stand on it, and whether there are more."""
        place = _arguments(page, variables)
        number, size = place["page"], place["perPage"]
        if number * size > 5000 or size > 50:
            raise Unacceptable(f"page {number} of {size}")
        assert page.selection_set is not None
        fields = [part for part in page.selection_set.selections if isinstance(part, FieldNode)]
        (listed,) = [one for one in fields if one.name.value != "pageInfo"]
        wanted = _arguments(listed, variables)
        known = f"{listed.name.value} {wanted}"
        if known not in self._found:
            self._found[known] = self._rows(listed.name.value, wanted)
        rows = self._found[known]
        counted = min(len(rows), 5000) if self.ends_at_5000 else len(rows)
        info = {"currentPage": number, "hasNextPage": counted > number * size}
        return {"pageInfo": info, listed.name.value: rows[(number - 1) * size : number * size]}

    def _rows(self, name: str, wanted: Mapping[str, Any]) -> list[Row]:
        """The rows that a list's arguments leave, in their order."""
        if len(wanted.get("id_in", ())) > self.most_ids:
            raise Unacceptable(f"{len(wanted['id_in'])} ids")
        rows: Iterable[Row] = self.media if name == "media" else self.reviews
        if "id_in" in wanted:
            rows = [self._by_id[one] for one in wanted["id_in"] if one in self._by_id]
        if "mediaId" in wanted:
            rows = [row for row in rows if row["mediaId"] == wanted["mediaId"]]
        found = [row for row in rows if _is_within(row, wanted)]
        (sort,) = wanted["sort"]
        by = "id" if sort.startswith("ID") else "updatedAt"
        return sorted(found, key=lambda row: (row[by], row["id"]), reverse=sort.endswith("_DESC"))


@dataclass
class Reading:
    """What one crawl did.

    Attributes:
        records: all records, in the order in which they came.
        answers: the answers used.
        sent: requests, repeated ones included.
        end: how it ended; None where it was stopped.
    """

    records: list[Mapping[str, Any]] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    sent: int = 0
    end: CrawlEnd | None = None

    @property
    def ids(self) -> set[int]:
        """Of the records."""
        return {record["id"] for record in self.records}

    @property
    def keys(self) -> list[str]:
        """Of the requests, in order."""
        return [answer.request.key for answer in self.answers]


def read(
    stream: Stream,
    plan: Plan,
    service: Callable[[Request], Any],
    *,
    landed: Iterable[Answer] = (),
    at_most: int | None = None,
) -> Reading:
    """Crawl a stream: landed answers first, then the service; what is doubtful is asked for again.

    Args:
        stream: what is read.
        plan: what to read.
        service: gives the document to a request.
        landed: answers of an earlier, interrupted reading.
        at_most: answers after which the crawl is killed; None = never.
    """
    reading, kept = Reading(), {answer.request.key: answer for answer in landed}
    running = stream.crawl(plan)
    try:
        request = next(running)
        while at_most is None or len(reading.answers) < at_most:
            answer = kept.get(request.key) or _asked(request, service, reading)
            reading.answers.append(answer)
            if answer.document is not None:
                reading.records += stream.records(answer.document)
            request = running.send(answer)
    except StopIteration as stopped:
        reading.end = stopped.value
    return reading


def _asked(request: Request, service: Callable[[Request], Any], reading: Reading) -> Answer:
    """The answer that is used."""
    for attempt in range(CONFIRMATIONS + 1):
        reading.sent += 1
        try:
            document = service(request)
        except Unacceptable as problem:
            if not request.may_be_missing:
                raise
            return Answer(request, None, str(problem), NOON)
        if attempt == CONFIRMATIONS or request.doubt is None or request.doubt(document) is None:
            break
    return Answer(request, document, "", NOON)


def _is_within(row: Row, wanted: Mapping[str, Any]) -> bool:
    """Whether a row passes the filters by status and date; dates that are not known pass no comparison."""
    if "status" in wanted and row["status"] != wanted["status"]:
        return False
    after, before = wanted.get("startDate_greater"), wanted.get("startDate_lesser")
    if after is None and before is None:
        return True
    start = row["startDate"]
    date = (start["year"] or 0) * 10_000 + (start["month"] or 0) * 100 + (start["day"] or 0)
    return date > (after or 0) and (before is None or date < before)


@lru_cache(maxsize=500)
def _fields(query: str) -> list[FieldNode]:
    """The fields of a query's operation; what is wanted of a row is not looked at."""
    text, _, _ = query.partition("\nfragment ")
    (operation,) = [part for part in parse(text).definitions if isinstance(part, OperationDefinitionNode)]
    return [part for part in operation.selection_set.selections if isinstance(part, FieldNode)]


def _arguments(node: FieldNode, variables: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a field."""
    return {one.name.value: value_from_ast_untyped(one.value, dict(variables)) for one in node.arguments}


def _alias(node: FieldNode) -> str:
    """What a field is called in the answer."""
    return node.alias.value if node.alias else node.name.value
