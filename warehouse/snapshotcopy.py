"""Copying what is published from the warehouse into the attached database `snapshot`, comments included."""

from collections.abc import Mapping

import duckdb

from warehouse.catalogue import Entry, columns_of, entries
from warehouse.errors import PublishError
from warehouse.names import Relation, quote_identifier, quote_literal
from warehouse.transaction import transaction

#: The schemas that readers may see.
PUBLISHED = ("main", "ml", "quality")
_PUBLICATION = Relation("quality", "publication")


def copy_tables(con: duckdb.DuckDBPyConnection, stamp: Mapping[str, object]) -> dict[str, int]:
    """Copy tables in stored order, then views, with comments, and fill `quality.publication`.

    Args:
        con: the writer's connection, with an empty database attached as `snapshot`.
        stamp: snapshot_id, run_id, fingerprint and published_at of the snapshot.

    Returns:
        Row counts by `schema.table`, sorted; {} when main has no table, in which case nothing is copied.

    Raises:
        PublishError: when a view cannot be made from what is published.
    """
    published = [entry for entry in entries(con) if entry.relation.schema in PUBLISHED]
    if not any(entry.relation.schema == "main" and entry.kind == "table" for entry in published):
        return {}
    database = str(con.execute("select current_database()").fetchall()[0][0])
    tables = [entry for entry in published if entry.kind == "table"]
    views = [entry for entry in published if entry.kind == "view"]
    con.execute("use snapshot")
    try:
        with transaction(con):
            for schema in PUBLISHED:
                con.execute(f"create schema if not exists snapshot.{quote_identifier(schema)}")
            rows = {str(entry.relation): _copy_table(con, database, entry) for entry in tables}
            _stamp(con, published, rows, stamp)
        _create_views(con, views)
        with transaction(con):
            for entry in (*tables, *views):
                _copy_comments(con, database, entry)
    finally:
        con.execute(f"use {quote_identifier(database)}")
    return {name: rows[name] for name in sorted(rows) if name != str(_PUBLICATION)}


def _copy_table(con: duckdb.DuckDBPyConnection, database: str, entry: Entry) -> int:
    """Copy one table's rows; returns how many."""
    origin = f"{quote_identifier(database)}.{entry.relation.sql}"
    con.execute(f"create table snapshot.{entry.relation.sql} as select * from {origin}")  # noqa: S608 - quoted
    counted = con.execute(f"select count(*) from snapshot.{entry.relation.sql}")  # noqa: S608 - quoted
    return int(counted.fetchall()[0][0])


def _create_views(con: duckdb.DuckDBPyConnection, views: list[Entry]) -> None:
    """Create the views, those that read other views after them.

    Their order is found by trying: each pass makes those whose inputs exist by now.
    """
    waiting = list(views)
    while waiting:
        failed: list[tuple[Entry, duckdb.Error]] = []
        for entry in waiting:
            try:
                con.execute(entry.statement)
            except duckdb.Error as problem:
                failed.append((entry, problem))
        if len(failed) == len(waiting):
            name, reason = failed[0][0].relation, " ".join(str(failed[0][1]).split())
            raise PublishError(
                f"the view {name} cannot be published: {reason}. It may read only {', '.join(PUBLISHED)}"
            ) from failed[0][1]
        waiting = [entry for entry, _ in failed]


def _copy_comments(con: duckdb.DuckDBPyConnection, database: str, entry: Entry) -> None:
    """Give the copy the comments of the original."""
    if entry.comment:
        con.execute(f"comment on {entry.kind} {entry.relation.sql} is {quote_literal(entry.comment)}")
    for column, _, comment in columns_of(con, entry.relation, database):
        name = f"{entry.relation.sql}.{quote_identifier(column)}"
        if comment:
            con.execute(f"comment on column {name} is {quote_literal(comment)}")


def _stamp(
    con: duckdb.DuckDBPyConnection,
    published: list[Entry],
    rows: Mapping[str, int],
    stamp: Mapping[str, object],
) -> None:
    """Write into the snapshot what it is and what it holds."""
    con.execute("delete from quality.publication")
    described = [entry for entry in published if entry.relation != _PUBLICATION]
    for entry in described:
        con.execute(
            "insert into quality.publication values "
            "($snapshot_id, $run_id, $fingerprint, $published_at, $schema, $name, $kind, $rows)",
            {name: stamp[name] for name in ("snapshot_id", "run_id", "fingerprint", "published_at")}
            | {
                "schema": entry.relation.schema,
                "name": entry.relation.name,
                "kind": entry.kind,
                "rows": rows.get(str(entry.relation)),
            },
        )
