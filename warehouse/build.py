"""Tables and views from the SELECTs of sql/, each replaced as a whole or left as it was.

The one rule: what a file's header says (columns, keys, grain) is what stands in the database, or the build
fails.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pyarrow as pa

from warehouse.catalogue import is_view, kind_of, row_count, table_exists, types_of
from warehouse.dependencies import COMPUTED
from warehouse.errors import BuildError
from warehouse.made import changes
from warehouse.names import Relation, quote_identifier, relation
from warehouse.schema import comment_on
from warehouse.sqlfiles import REJECTION, SqlFile, sql_file
from warehouse.transaction import transaction

__all__ = ["BuildReport", "build", "fetch", "patch", "preview", "row_count", "table_exists"]

#: How many rows of a table are shown of it.
PREVIEW_ROWS = 5
#: What a staging SELECT must expose besides, for the quarantine.
_POINTERS = ("source", "record_id", "payload_path", "payload_line", "payload_item")
_STAGED = "staged_rows"
_REMOVED = "removed_rows"


@dataclass(frozen=True)
class BuildReport:
    """What one build made.

    Attributes:
        rows: rows of the table; of a view, 0, since a view is not counted.
        rejected: rows that went to quarantine.
        columns: (name, type, comment) of each column, in the table's order.
        is_view: whether it is a view, whose rows exist only when they are asked for.
    """

    rows: int
    rejected: int = 0
    columns: list[tuple[str, str, str]] = field(default_factory=list)
    is_view: bool = False


def build(
    con: duckdb.DuckDBPyConnection,
    sql_file: SqlFile,
    *,
    computed: pa.Table | None = None,
    table: str | None = None,
    run_id: str = "",
) -> BuildReport:
    """Replace the file's table or view by what its SELECT gives now, in one transaction.

    Rows are stored in the order of the header's keys. Rows that a staging SELECT rejects become the only
    rows of that stage in `quality.quarantine`.

    Args:
        con: a writer's connection.
        sql_file: what to build.
        computed: a table made in Python, visible to the SELECT as `computed`.
        table: another name for the table (one template for several), in the file's schema.
        run_id: stamped on quarantined rows.

    Raises:
        BuildError: naming the file, when the statement fails, when header and result have different
            columns, or when `computed` is missing or not wanted; the old table then still stands.
    """
    _refuse_unfit(sql_file, computed)
    target = Relation(sql_file.schema, relation(table).name if table else sql_file.name)
    with explained(sql_file), _visible(con, computed), transaction(con):
        changes(con, str(target))
        rejected = 0
        if sql_file.kind == "view":
            _drop_other_kind(con, target, "view")
            con.execute(f"create or replace view {target.sql} as {sql_file.body}")
        elif sql_file.kind == "staging":
            rejected = _build_staged(con, sql_file, target, run_id)
        else:
            _create_table(con, target, f"(\n{sql_file.body}\n)", sql_file.keys)
        columns = _described_columns(con, sql_file, target)
        comment_on(con, target, "view" if sql_file.kind == "view" else "table", sql_file)
        rows = 0 if sql_file.kind == "view" else row_count(con, str(target))
        return BuildReport(rows, rejected, columns, is_view=sql_file.kind == "view")


def patch(con: duckdb.DuckDBPyConnection, sql_file: SqlFile, *, computed: pa.Table, removed: pa.Table) -> BuildReport:
    """Put the rows that the file's SELECT makes of `computed` in place of those with their keys, in one transaction.

    The other rows stay as they are; what is new stands after them, so that a patched table holds the rows that a
    built one would, in another order.

    Args:
        con: a writer's connection.
        sql_file: of a table that was built before.
        computed: as for `build`, only the rows that are new or other than before.
        removed: keys of rows that are to go, in columns named as the header's keys.

    Raises:
        BuildError: naming the file, when the statement fails or its columns are no longer those of the table; the
            old rows then still stand.
    """
    _refuse_unfit(sql_file, computed)
    target = Relation(sql_file.schema, sql_file.name)
    same = " and ".join(f"old.{quote_identifier(key)} = new.{quote_identifier(key)}" for key in sql_file.keys)
    order = ", ".join(quote_identifier(key) for key in sql_file.keys)
    with explained(sql_file), _visible(con, computed), _visible(con, removed, _REMOVED), transaction(con):
        changes(con, str(target))
        con.execute(f"create or replace temp table {_STAGED} as {sql_file.body}")
        for rows in (_STAGED, _REMOVED):
            con.execute(f"delete from {target.sql} as old using {rows} as new where {same}")  # noqa: S608 - quoted
        con.execute(f"insert into {target.sql} by name select * from {_STAGED} order by {order}")  # noqa: S608 - quoted
        con.execute(f"drop table {_STAGED}")
        columns = _described_columns(con, sql_file, target)
        return BuildReport(row_count(con, str(target)), columns=columns)


def fetch(
    con: duckdb.DuckDBPyConnection,
    name: str,
    params: Mapping[str, Any] | None = None,
    computed: pa.Table | None = None,
) -> pa.Table:
    """The result of a file of sql/queries, sql/inputs or sql/serving as an Arrow table.

    Args:
        con: a writer's or a reader's connection.
        name: the file, as folder/stem.
        params: values for the SELECT's named parameters.
        computed: a table that is visible to the SELECT as `computed`.

    Raises:
        BuildError: when the query fails; SqlFileError: when there is no such file.
    """
    file = sql_file(name)
    with explained(file), _visible(con, computed):
        return con.execute(file.body, dict(params) if params else None).to_arrow_table()


def preview(con: duckdb.DuckDBPyConnection, table: str) -> list[dict[str, Any]]:
    """The first PREVIEW_ROWS rows of a table in the order in which it is stored, by column name."""
    result = con.execute(f"select * from {relation(table).sql} limit {PREVIEW_ROWS}")  # noqa: S608 - quoted
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _build_staged(con: duckdb.DuckDBPyConnection, file: SqlFile, target: Relation, run_id: str) -> int:
    """Run a staging SELECT once, quarantine what it rejects, keep the others; returns how many it rejected."""
    con.execute(f"create or replace temp table {_STAGED} as {file.body}")
    names = [row[0] for row in con.execute(f"describe {_STAGED}").fetchall()]
    missing = [name for name in (*_POINTERS, REJECTION) if name not in names]
    if missing:
        raise BuildError(f"{file.path}: a staging SELECT must also give {', '.join(missing)}")
    stage = {"stage": target.name}
    con.execute("delete from quality.quarantine where stage = $stage", stage)
    rejected = sql_file("warehouse/rejected_rows").body
    con.execute(f"insert into quality.quarantine by name {rejected}", stage | {"run_id": run_id})
    left_out = [REJECTION, *(name for name in _POINTERS if name not in file.columns)]
    excluded = ", ".join(quote_identifier(name) for name in left_out)
    kept = f"(select * exclude ({excluded}) from {_STAGED} where {REJECTION} is null)"  # noqa: S608 - our names
    _create_table(con, target, kept, file.keys)
    con.execute(f"drop table {_STAGED}")
    statement = "select count(*) from quality.quarantine where stage = $stage"
    return int(con.execute(statement, stage).fetchall()[0][0])


def _create_table(con: duckdb.DuckDBPyConnection, target: Relation, query: str, keys: tuple[str, ...]) -> None:
    """Replace the table by the query's rows, ordered by the keys."""
    _drop_other_kind(con, target, "table")
    order = ", ".join(quote_identifier(key) for key in keys) or "all"
    con.execute(f"create or replace table {target.sql} as select * from {query} order by {order}")  # noqa: S608 - quoted


def _drop_other_kind(con: duckdb.DuckDBPyConnection, target: Relation, kind: str) -> None:
    """Make way when a table is to become a view, or the reverse: `create or replace` refuses to."""
    if kind == "table":
        if is_view(con, target):
            con.execute(f"drop view {target.sql}")
    elif kind_of(con, target) == "table":
        con.execute(f"drop table {target.sql}")


def _described_columns(con: duckdb.DuckDBPyConnection, file: SqlFile, target: Relation) -> list[tuple[str, str, str]]:
    """(name, type, comment) of each column of what was built.

    Raises:
        BuildError: when the header describes other columns than the SELECT gives.
    """
    columns = types_of(con, target)
    real = [name for name, _ in columns]
    undescribed = [name for name in real if name not in file.columns]
    absent = [name for name in file.columns if name not in real]
    if undescribed or absent:
        raise BuildError(
            f"{file.path}: header and SELECT differ: not in the header: {undescribed or 'none'}; "
            f"not in the result: {absent or 'none'}"
        )
    return [(name, kind, file.columns[name]) for name, kind in columns]


def _refuse_unfit(file: SqlFile, computed: pa.Table | None) -> None:
    """Raise BuildError for a call that cannot mean what it says."""
    if file.kind not in ("table", "view", "staging"):
        raise BuildError(f"{file.path} makes no table; use fetch() for queries and inputs")
    if file.kind == "view" and computed is not None:
        raise BuildError(f"{file.path} is a view: it cannot hold a table from memory")
    if file.needs_computed and computed is None:
        raise BuildError(f"{file.path} reads `{COMPUTED}`, but no computed table was given")
    if computed is not None and not file.needs_computed:
        raise BuildError(f"{file.path} was given a computed table but does not read `{COMPUTED}`")


@contextmanager
def _visible(con: duckdb.DuckDBPyConnection, computed: pa.Table | None, name: str = COMPUTED) -> Iterator[None]:
    """Make a table made in Python readable under that name inside, and no longer."""
    if computed is None:
        yield
        return
    con.register(name, computed)
    try:
        yield
    finally:
        con.unregister(name)


@contextmanager
def explained(file: SqlFile) -> Iterator[None]:
    """Turn DuckDB's errors into ours, with the file they come from."""
    try:
        yield
    except duckdb.Error as problem:
        raise BuildError(f"{file.path}: {str(problem).strip()}") from problem
