"""Reads what a client posted to AniList's endpoint: a query of the schema, its variables, and how big it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from graphql import (
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    build_schema,
    parse,
    validate,
)
from graphql.execution.values import get_variable_values

from demo.services.anilist_errors import AniListError, invalid, refusal
from demo.services.anilist_selection import Chosen, Selecting, complexity, fragments_of
from demo.services.base import Reply

MOST_COMPLEX = 500


@cache
def schema() -> GraphQLSchema:
    """AniList's schema, built once for the process."""
    text = resources.files("demo.services").joinpath("anilist.graphql").read_text(encoding="utf-8")
    return build_schema(text, assume_valid=True)


@dataclass(frozen=True)
class _Read:
    """A query as it was read: operations by name, or what is wrong with it."""

    operations: Mapping[str, OperationDefinitionNode]
    fragments: Mapping[str, FragmentDefinitionNode]
    problems: tuple[GraphQLError, ...] = ()


@lru_cache(maxsize=256)
def _read(query: str) -> _Read:
    """The query parsed and validated; clients send the same few texts again and again."""
    try:
        document = parse(query)
    except GraphQLError as problem:
        return _Read({}, {}, (problem,))
    problems = tuple(validate(schema(), document))
    operations = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    by_name = {one.name.value if one.name else "": one for one in operations}
    return _Read(by_name, fragments_of(document), problems)


def root_fields(body: bytes) -> tuple[Chosen, ...] | Reply:
    """The fields of `Query` that a posted body asks for, or the 400 that it gets instead.

    Args:
        body: JSON with `query`, `variables` and, where the query has several operations, `operationName`.
    """
    try:
        posted = json.loads(body)
    except ValueError:
        return refusal("The body is not JSON")
    if not isinstance(posted, dict) or not isinstance(posted.get("query"), str):
        return refusal("No query or mutation provided. Please view https://docs.anilist.example for help.")
    read = _read(posted["query"])
    if read.problems:
        return invalid(read.problems)
    try:
        operation = _operation(read, posted.get("operationName"))
    except AniListError as problem:
        return refusal(str(problem), problem.status)
    size = complexity(operation.selection_set, read.fragments)
    if size > MOST_COMPLEX:
        return refusal(f"Max query complexity should be {MOST_COMPLEX} but got {size}.")
    return _fields(read, operation, posted.get("variables") or {})


def _operation(read: _Read, name: str | None) -> OperationDefinitionNode:
    """The operation that is meant.

    Raises:
        AniListError: there are several and none is named, or it changes something.
    """
    operation = read.operations.get(name or "")
    if operation is None and not name and len(read.operations) == 1:
        operation = next(iter(read.operations.values()))
    if operation is None:
        raise AniListError("Must provide the name of an operation of the query")
    if operation.operation is not OperationType.QUERY:
        raise AniListError("Unauthorized.", 401)
    return operation


def _fields(read: _Read, operation: OperationDefinitionNode, given: dict[str, Any]) -> tuple[Chosen, ...] | Reply:
    """The root fields with their arguments."""
    variables = get_variable_values(schema(), operation.variable_definitions, given)
    query_type = schema().query_type
    if isinstance(variables, list) or query_type is None:
        return invalid(variables if isinstance(variables, list) else ())
    try:
        return Selecting(schema(), read.fragments, variables).chosen(query_type, [operation.selection_set])
    except GraphQLError as problem:
        return invalid([problem])
