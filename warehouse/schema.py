"""What must exist before anything is built: schemas, and the empty tables that Python fills."""

from collections.abc import Mapping
from functools import cache

import duckdb

from warehouse.names import Relation, quote_identifier, quote_literal
from warehouse.sqlfiles import SqlFile, sql_file, sql_root
from warehouse.transaction import transaction

SCHEMAS = ("raw", "staging", "intermediate", "main", "ml", "quality")
#: The sources that recordings may hold, and what these hold of each.
SOURCES = ("anilist", "kitsu", "myanimelist")
STREAMS = ("anime", "ratings")
#: The raw tables that always exist, landed or not: the streams of each source, recorded or read live.
RAW_STREAMS: Mapping[str, tuple[str, ...]] = {
    "anilist": ("anime", "ratings", "lists", "reviews"),
    "kitsu": ("anime", "ratings", "lists", "reviews"),
    "myanimelist": ("anime", "ratings", "lists"),
    "jikan": ("anime", "reviews"),
    "imdb": ("title_basics", "title_ratings", "title_akas"),
}
QUALITY_TABLES = ("quarantine", "check_result", "publication")
#: The tables of the schema raw that are about files and tables rather than of a stream.
BOOKKEEPING = ("loaded_file", "crawl", "made_table")


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Create the schemas and every shape table that is missing.

    What exists stays as it is, except that a table of an earlier version is given the columns it lacks.
    """
    if _is_complete(con):
        return
    found = con.execute(
        "select schema_name, table_name, list(column_name) from duckdb_columns() "
        "where database_name = current_database() and not internal group by all"
    ).fetchall()
    present = {(schema, name): set(columns) for schema, name, columns in found}
    shapes = shape_files()
    missing = {table: shape for table, shape in shapes.items() if (table.schema, table.name) not in present}
    # One transaction: sixty comments committed one by one would each wait for the disk.
    with transaction(con):
        for schema in SCHEMAS:
            con.execute(f"create schema if not exists {quote_identifier(schema)}")
        for target, shape in missing.items():
            create_shape(con, target, shape)
        for target, shape in shapes.items():
            if target not in missing and set(shape.columns) - present[target.schema, target.name]:
                _add_columns(con, target, shape, present[target.schema, target.name])


def _is_complete(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether every schema, and every shape table with all its columns, is there.

    Asked each time a writer opens the file, and a fifth as dear as listing all columns, which binds every view.
    """
    schemas = con.execute("select distinct schema_name from duckdb_schemas()").fetchall()
    if not {(name,) for name in SCHEMAS} <= set(schemas):
        return False
    try:
        con.execute(_look_at_shapes())
    except (duckdb.CatalogException, duckdb.BinderException):
        return False
    return True


@cache
def _look_at_shapes() -> str:
    """A query that can be bound where every shape table has all its columns, and reads no row."""
    looks = [
        f"(select {', '.join(map(quote_identifier, shape.columns))} from {table.sql} limit 0)"  # noqa: S608
        for table, shape in shape_files().items()
    ]
    return f"select 1 from {', '.join(looks)}"  # noqa: S608 - quoted names of our own files


def raw_table(source: str, stream: str) -> Relation:
    """The raw table of one stream, e.g. `raw.raw_anilist__anime`."""
    return Relation("raw", f"raw_{source}__{stream}")


def raw_shape(stream: str) -> SqlFile:
    """The SQL file that gives the columns of every source's raw table of this stream."""
    return sql_file(f"warehouse/raw_{stream}")


def loadable_streams() -> tuple[str, ...]:
    """The streams that have a raw shape, whichever source they are of, sorted."""
    return tuple(sorted(path.stem.removeprefix("raw_") for path in (sql_root() / "warehouse").glob("raw_*.sql")))


def create_shape(con: duckdb.DuckDBPyConnection, target: Relation, shape: SqlFile) -> None:
    """Create the empty table of a shape file under the target's name, with its comments."""
    con.execute(f"create table if not exists {target.sql} as {shape.body}")
    comment_on(con, target, "table", shape)


def comment_on(con: duckdb.DuckDBPyConnection, target: Relation, kind: str, file: SqlFile) -> None:
    """Write a file's description and grain onto its table or view, and every column's comment."""
    described = f"{file.description}\n\nGrain: {file.grain}." if file.grain else file.description
    statements = [f"comment on {kind} {target.sql} is {quote_literal(described)}"]
    for column, comment in file.columns.items():
        name = f"{target.sql}.{quote_identifier(column)}"
        statements.append(f"comment on column {name} is {quote_literal(comment)}")
    # At once: a third of the time of one by one.
    con.execute(";\n".join(statements))


def shape_files() -> dict[Relation, SqlFile]:
    """Every table that Python fills, with the file that gives its columns."""
    shapes = {Relation("quality", name): sql_file(f"quality/{name}") for name in QUALITY_TABLES}
    shapes |= {Relation("raw", name): sql_file(f"warehouse/{name}") for name in BOOKKEEPING}
    for source, streams in RAW_STREAMS.items():
        shapes |= {raw_table(source, stream): raw_shape(stream) for stream in streams}
    return shapes


def _add_columns(con: duckdb.DuckDBPyConnection, target: Relation, shape: SqlFile, present: set[str]) -> None:
    """Add the columns that a table of an earlier version lacks; its rows are null there."""
    for name, kind, *_ in con.execute(f"describe {shape.body}").fetchall():
        if name not in present:
            con.execute(f"alter table {target.sql} add column {quote_identifier(name)} {kind}")
    comment_on(con, target, "table", shape)
