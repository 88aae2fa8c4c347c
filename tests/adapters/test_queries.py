"""Every query that the AniList adapter sends is one of AniList's schema, and small enough."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from graphql import (
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    build_schema,
    parse,
    validate,
)
from graphql.execution.values import get_variable_values

from adapters.anilist import SOURCE
from adapters.base import Plan, Request, User
from tests.adapters.tiny_anilist import Row, TinyAniList, anime, read, review

TODAY = date(2026, 11, 25)
MOST_COMPLEX = 500
SCHEMA = Path(__file__).parents[2] / "demo" / "services" / "anilist.graphql"
KINDS = ("whole", "crowded", "changed", "too much changed", "years", "undated", "lists", "reviews", "new reviews")


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    """AniList's."""
    return build_schema(SCHEMA.read_text(encoding="utf-8"), assume_valid=True)


@cache
def requests_of(kind: str) -> list[Request]:
    """The requests of one kind of crawl, every variant of its queries among them."""
    draw = random.Random(11)
    stream, plan = SOURCE.streams["anime"], Plan("full", TODAY, known=("3", "9999999"))
    rows: list[Row] = [
        anime(number, draw.randrange(1900, 2030) * 10_000 if number % 9 else None, updated=number)
        for number in range(1, 3000)
    ]
    service = TinyAniList(rows)
    if kind == "crowded":
        months = [draw.randrange(13) for _ in range(5060)]
        crowd = [anime(number, 20_200_000 + month * 100) for number, month in enumerate(months, start=1)]
        service = TinyAniList([*crowd, *(anime(number) for number in range(6000, 6400))], most_ids=500)
    elif kind == "changed":
        plan = Plan("refresh", TODAY, watermark="2500", ids=("5", "6", "7000"))
    elif kind == "too much changed":
        service = TinyAniList(
            [anime(number, (1950 + number % 70) * 10_000, updated=number) for number in range(1, 5100)]
        )
        plan = Plan("refresh", TODAY, watermark="5")
    elif kind == "years":
        plan = Plan("range", TODAY, years=(1930, 2027), ids=("5",))
    elif kind == "undated":
        plan = Plan("range", TODAY, years=(0, 0), known=("1", "2"))
    elif kind == "lists":
        request = next(SOURCE.streams["lists"].crawl(Plan("users", TODAY, users=(User("Minori", "hash"),))))
        return [request]
    elif kind in ("reviews", "new reviews"):
        written = [review(number, number % 30 + 1, updated=number) for number in range(1, 10_200)]
        stream, service = SOURCE.streams["reviews"], TinyAniList(reviews=written)
        plan = Plan("full", TODAY) if kind == "reviews" else Plan("refresh", TODAY, watermark="9900")
    return [answer.request for answer in read(stream, plan, service).answers]


def shapes_of(kind: str) -> list[Request]:
    """Requests that have all lines there are, numbers aside, and all numbers of lines."""
    seen: set[str | int] = set()
    shapes = []
    for request in requests_of(kind):
        assert request.body is not None
        lines = request.body["query"].partition("\nfragment ")[0].splitlines()
        parts: set[str | int] = {re.sub(r"\d+", "0", line) for line in lines} | {len(lines)}
        if not parts <= seen:
            shapes.append(request)
        seen |= parts
    return shapes


def complexity(selected: SelectionSetNode | None, fragments: dict[str, FragmentDefinitionNode]) -> int:
    """Selected fields, those of fragments counted at each use; how many rows a list has does not count."""
    total = 0
    for part in selected.selections if selected else ():
        if isinstance(part, FragmentSpreadNode):
            total += complexity(fragments[part.name.value].selection_set, fragments)
        else:
            total += 1 + complexity(part.selection_set, fragments)  # type: ignore[attr-defined]
    return total


def sizes(requests: list[Request]) -> Iterator[int]:
    """The complexity of each request."""
    for request in requests:
        assert request.body is not None
        parts = parse(request.body["query"]).definitions
        fragments = {part.name.value: part for part in parts if isinstance(part, FragmentDefinitionNode)}
        (operation,) = [part for part in parts if isinstance(part, OperationDefinitionNode)]
        yield complexity(operation.selection_set, fragments)


@pytest.mark.parametrize("kind", KINDS)
def test_every_query_is_valid_and_small_enough(kind: str, schema: GraphQLSchema) -> None:
    """Fields, arguments and variables are the schema's, no variable is null, and 500 fields are not exceeded."""
    requests = shapes_of(kind)
    assert requests
    for request in requests:
        assert request.body is not None
        document = parse(request.body["query"])
        assert validate(schema, document) == []
        (operation,) = [part for part in document.definitions if isinstance(part, OperationDefinitionNode)]
        values = get_variable_values(schema, operation.variable_definitions, dict(request.body["variables"]))
        assert isinstance(values, dict)
        assert values.keys() == request.body["variables"].keys()
        assert None not in values.values()
    assert max(sizes(requests)) <= MOST_COMPLEX


def test_the_variants_are_all_there() -> None:
    """The runs above compose every kind of page: windows, months, ids, statuses, probes, and one to five pages."""
    texts = [request.body["query"] for kind in KINDS for request in requests_of(kind) if request.body]
    for words in (
        "startDate_greater: 20191231, startDate_lesser: 20200700",
        "startDate_lesser: 19400000)",
        "startDate_greater: 20241231)",
        "id_in: $ids4",
        "status: NOT_YET_RELEASED",
        "status: CANCELLED",
        "sort: [UPDATED_AT_DESC]",
        "newest: Page",
        "highest: Page",
        "page: 100,",
        "mediaId: 7,",
        "sort: [ID_DESC]) { ...ReviewFields }",
        "MediaListCollection",
    ):
        assert any(words in text for text in texts), words
    counts = {text.count("...AnimeFields }") for text in texts}
    assert {1, 5} <= counts <= {0, 1, 2, 3, 4, 5}


def test_five_pages_of_anime_use_the_room_that_there_is() -> None:
    """86 fields a page: a sixth would be refused."""
    full = max(sizes(shapes_of("whole")))
    assert full == 5 * 86 + 2 * 3
    assert full + 86 > MOST_COMPLEX
