"""What must exist before anything is built: schemas, and the empty tables that Python fills."""

import duckdb

from warehouse.names import Relation, quote_identifier, quote_literal
from warehouse.sqlfiles import SqlFile, sql_file
from warehouse.transaction import transaction

SCHEMAS = ("raw", "staging", "intermediate", "main", "ml", "quality")
#: The catalogue and rating sources whose raw tables always exist, landed or not.
SOURCES = ("anilist", "kitsu", "myanimelist")
STREAMS = ("anime", "ratings")
QUALITY_TABLES = ("quarantine", "check_result", "publication")


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Create the schemas and every shape table that is missing; what exists stays as it is."""
    present = set(con.execute("select schema_name, table_name from duckdb_tables()").fetchall())
    wanted = {Relation("quality", name): sql_file(f"quality/{name}") for name in QUALITY_TABLES}
    wanted[Relation("raw", "loaded_file")] = sql_file("warehouse/loaded_file")
    for source in SOURCES:
        for stream in STREAMS:
            wanted[raw_table(source, stream)] = raw_shape(stream)
    missing = {table: shape for table, shape in wanted.items() if (table.schema, table.name) not in present}
    # One transaction: sixty comments committed one by one would each wait for the disk.
    with transaction(con):
        for schema in SCHEMAS:
            con.execute(f"create schema if not exists {quote_identifier(schema)}")
        for target, shape in missing.items():
            create_shape(con, target, shape)


def raw_table(source: str, stream: str) -> Relation:
    """The raw table of one stream, e.g. `raw.raw_anilist__anime`."""
    return Relation("raw", f"raw_{source}__{stream}")


def raw_shape(stream: str) -> SqlFile:
    """The SQL file that gives the columns of every source's raw table of this stream."""
    return sql_file(f"warehouse/raw_{stream}")


def create_shape(con: duckdb.DuckDBPyConnection, target: Relation, shape: SqlFile) -> None:
    """Create the empty table of a shape file under the target's name, with its comments."""
    con.execute(f"create table if not exists {target.sql} as {shape.body}")
    comment_on(con, target, "table", shape)


def comment_on(con: duckdb.DuckDBPyConnection, target: Relation, kind: str, file: SqlFile) -> None:
    """Write a file's description and grain onto its table or view, and every column's comment."""
    described = f"{file.description}\n\nGrain: {file.grain}." if file.grain else file.description
    con.execute(f"comment on {kind} {target.sql} is {quote_literal(described)}")
    for column, comment in file.columns.items():
        name = f"{target.sql}.{quote_identifier(column)}"
        con.execute(f"comment on column {name} is {quote_literal(comment)}")
