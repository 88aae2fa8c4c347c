"""Which tables a statement reads, found by DuckDB's own parser instead of by regular expressions."""

import json
import os
from collections.abc import Iterator
from functools import cache
from typing import Any

import duckdb

from warehouse.errors import SqlFileError

#: The relation under which a table made in Python is visible to a SELECT.
COMPUTED = "computed"


def parse(where: str, statement: str) -> dict[str, Any]:
    """The parse tree of exactly one SELECT.

    Raises:
        SqlFileError: when the statement does not parse, is no SELECT, or there are several.
    """
    with _parser(os.getpid()).cursor() as parser:
        row = parser.execute("select json_serialize_sql($statement)", {"statement": statement}).fetchone()
    tree: dict[str, Any] = json.loads(row[0] if row else "{}")
    if tree.get("error", True):
        message = tree.get("error_message", "it is no SELECT")
        raise SqlFileError(f"{where}: the statement cannot be read: {message}")
    if len(tree["statements"]) != 1:
        raise SqlFileError(f"{where}: expected one SELECT, found {len(tree['statements'])} statements")
    return tree


@cache
def _parser(_: int) -> duckdb.DuckDBPyConnection:
    """An empty in-memory database that only parses; one for each process, since none survives a fork."""
    return duckdb.connect(":memory:", config={"threads": "1"})


def tables_read(tree: dict[str, Any]) -> set[tuple[str, str]]:
    """The (schema, table) pairs a parse tree reads; the schema is '' where none was written.

    Names of common table expressions are left out where they are in scope, so that
    `with dim_anime as (select * from dim_anime)` still reads the table dim_anime.
    """
    return set(_walk(tree, frozenset()))


def _walk(node: Any, in_scope: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Every base table under the node that is not a common table expression in scope."""
    if isinstance(node, list):
        for child in node:
            yield from _walk(child, in_scope)
        return
    if not isinstance(node, dict):
        return
    if node.get("type") == "BASE_TABLE":
        schema, name = str(node["schema_name"]), str(node["table_name"])
        if schema or name.lower() not in in_scope:
            yield schema, name
    if node.get("type") == "RECURSIVE_CTE_NODE":
        in_scope |= {str(node["cte_name"]).lower()}
    for entry in (node.get("cte_map") or {}).get("map", []):
        yield from _walk(entry["value"], in_scope)
        in_scope |= {str(entry["key"]).lower()}
    for name, child in node.items():
        if name != "cte_map":
            yield from _walk(child, in_scope)
