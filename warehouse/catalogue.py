"""What DuckDB knows about its tables and views, as plain values."""

from dataclasses import dataclass

import duckdb

from warehouse.names import Relation, relation
from warehouse.sqlfiles import sql_file


@dataclass(frozen=True)
class Entry:
    """One table or view.

    Attributes:
        relation: its schema and name.
        kind: `table` or `view`.
        comment: its comment; None when it has none.
        statement: the statement that made a view; '' for a table.
    """

    relation: Relation
    kind: str
    comment: str | None
    statement: str


def entries(con: duckdb.DuckDBPyConnection) -> list[Entry]:
    """Every table and view of the open database, by schema and name; temporary ones are left out."""
    found = con.execute(sql_file("warehouse/tables_and_views").body).fetchall()
    return [Entry(Relation(schema, name), *rest) for schema, name, *rest in found]


def built_tables(con: duckdb.DuckDBPyConnection) -> frozenset[str]:
    """Every table and view of the open database as `schema.table`; to be asked once where many are looked for."""
    return frozenset(str(entry.relation) for entry in entries(con))


def kind_of(con: duckdb.DuckDBPyConnection, target: Relation) -> str | None:
    """`table`, `view`, or None when there is neither under this name."""
    kinds = {entry.relation: entry.kind for entry in entries(con)}
    return kinds.get(target)


def is_view(con: duckdb.DuckDBPyConnection, target: Relation) -> bool:
    """Whether there is a view of this name, without listing all tables as `kind_of` does."""
    words = {"schema": target.schema, "name": target.name}
    query = (
        "select 1 from duckdb_views() "
        "where database_name = current_database() and schema_name = $schema and view_name = $name"
    )
    return con.execute(query, words).fetchone() is not None


def table_exists(con: duckdb.DuckDBPyConnection, table: str) -> bool:
    """Whether there is a table or view of this name (`table` in main, or `schema.table`)."""
    return kind_of(con, relation(table)) is not None


def row_count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    """How many rows the table or view has."""
    counted = con.execute(f"select count(*) from {relation(table).sql}")  # noqa: S608 - quoted
    return int(counted.fetchall()[0][0])


def types_of(con: duckdb.DuckDBPyConnection, target: Relation) -> list[tuple[str, str]]:
    """(name, type) of each column in order, without binding every other view as `columns_of` does."""
    return [(name, kind) for name, kind, *_ in con.execute(f"describe {target.sql}").fetchall()]


def content_hash(con: duckdb.DuckDBPyConnection, table: str) -> str:
    """What two tables have in common that hold the same rows, in whatever order; other rows give something else.

    It is comparable only between tables of one version of DuckDB.
    """
    found = con.execute(f"select count(*), sum(hash(held)) from {relation(table).sql} as held")  # noqa: S608 - quoted
    rows, total = found.fetchall()[0]
    return f"{rows}-{int(total or 0):x}"


def columns_of(
    con: duckdb.DuckDBPyConnection, target: Relation, database: str | None = None
) -> list[tuple[str, str, str]]:
    """(name, type, comment) of each column in order; '' where there is no comment, [] when there is no table.

    Args:
        con: any connection.
        target: the table or view.
        database: the attached database it lies in; default is the one in use.
    """
    words = {"database": database, "schema": target.schema, "name": target.name}
    return con.execute(sql_file("warehouse/columns_of_table").body, words).fetchall()
