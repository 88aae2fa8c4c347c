"""Identifiers and literals in statements: the one place where a name becomes SQL text.

Values are bound as parameters everywhere; what DuckDB cannot bind (names, comments, paths of `attach`)
goes through these helpers and through nothing else.
"""

import re
from dataclasses import dataclass

from warehouse.errors import WarehouseError

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def quote_identifier(name: str) -> str:
    """The name as a quoted SQL identifier, whatever characters it holds."""
    if not name or "\x00" in name:
        raise WarehouseError(f"{name!r} cannot be the name of a table or column")
    return '"' + name.replace('"', '""') + '"'


def quote_literal(text: str) -> str:
    """The text as a SQL string literal, for the few statements that cannot bind a value."""
    return "'" + text.replace("\x00", "").replace("'", "''") + "'"


@dataclass(frozen=True)
class Relation:
    """A table or view by schema and name, e.g. `main.dim_anime`."""

    schema: str
    name: str

    @property
    def sql(self) -> str:
        """The quoted, schema-qualified name."""
        return f"{quote_identifier(self.schema)}.{quote_identifier(self.name)}"

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"


def relation(name: str) -> Relation:
    """The relation a caller named `table` (schema main) or `schema.table`.

    Raises:
        WarehouseError: when the name has other than one or two plain parts.
    """
    parts = name.split(".")
    if len(parts) > 2 or not all(_PLAIN.fullmatch(part) for part in parts):
        raise WarehouseError(f"{name!r} is not a table name; write `table` or `schema.table`")
    return Relation(parts[0] if len(parts) == 2 else "main", parts[-1])
