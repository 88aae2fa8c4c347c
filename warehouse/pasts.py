"""What dim_anime would have said on earlier days: its own statements, run on the records as they were known then.

The one rule: no rule of the catalogue is written twice. The files of sql/ run unchanged in a database in memory
where other rows stand in for those they read; a capture poses as a record, later a state of an anime as an anime.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import duckdb
import pyarrow as pa

from warehouse.names import quote_identifier
from warehouse.sqlfiles import SqlFile, all_sql_files, sql_file

_UNIONED, _IDENTITIES = "intermediate.int_anime_unioned", "intermediate.int_anime_identities"
_RATINGS = "intermediate.int_ratings_unioned"
#: Where dim_anime's statements are given other rows to read; nothing behind these is run again.
_GIVEN = (_UNIONED, _IDENTITIES, _RATINGS)


def past_anime(con: duckdb.DuckDBPyConnection) -> pa.Table:
    """What dim_anime would have said of each anime from each day on: its columns and `day`, the first day of it.

    Only anime that were captured on more than one day have rows, the newest state among them.

    Args:
        con: a writer's connection to a warehouse with everything that dim_anime is made of, and fact_anime_metrics.
    """
    with _scratch(con) as database:
        _put_captures(con, database)
        _put_words(con, database)
        _put(con, database, "main.state", "past_states")
        _put(con, database, _UNIONED, "past_records")
        _put(con, database, _IDENTITIES, "past_identities")
        # Stubs, which live on ratings alone, have no past.
        con.execute(f"create table past.{_RATINGS} as from {quote_identifier(database)}.{_RATINGS} limit 0")
        for file in files_between("main.dim_anime", _GIVEN):
            _run(con, file, file.table)
        con.execute(f"use {quote_identifier(database)}")
        return con.execute(sql_file("warehouse/past_anime").body).to_arrow_table()


def capture_files() -> dict[str, SqlFile]:
    """For each service, the file that puts its captured records (`<name>_records`) into the project's words."""
    staged = [file for file in all_sql_files() if f"{file.table}_records" in file.depends_on]
    return {file.name.removeprefix("stg_").partition("__")[0]: file for file in staged}


def files_between(table: str, given: tuple[str, ...] = ()) -> list[SqlFile]:
    """The files that make a table out of `given` ones (and of nothing), each after what it reads; its own is the last.

    Args:
        table: `schema.table`.
        given: tables that are not made again, nor what they read.
    """
    files = {file.table: file for file in all_sql_files()}
    wanted, waiting = set[str](), [table]
    while waiting:
        name = waiting.pop()
        if name in files and name not in given and name not in wanted:
            wanted.add(name)
            waiting += files[name].depends_on
    return [file for name, file in files.items() if name in wanted]


@contextmanager
def _scratch(con: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """An empty database `past` with the warehouse's schemas inside, gone afterwards; gives the warehouse's own name."""
    database = str(con.execute("select current_database()").fetchall()[0][0])
    con.execute("attach ':memory:' as past")
    try:
        for schema in ("staging", "intermediate"):
            con.execute(f"create schema past.{schema}")
        yield database
    finally:
        con.execute(f"use {quote_identifier(database)}")
        con.execute("detach past")


def _put_captures(con: duckdb.DuckDBPyConnection, database: str) -> None:
    """Fill `past.main.capture` with the captures of every service."""
    for number, (service, file) in enumerate(capture_files().items()):
        asked = {"service": service, "captured_table": f"{file.table}_records"}
        _put(con, database, "main.capture", "past_captures", asked, more=number > 0)


def _put_words(con: duckdb.DuckDBPyConnection, database: str) -> None:
    """Fill `past.main.capture_words`: what each capture said, in the words of int_anime_unioned."""
    for service, file in capture_files().items():
        for table in file.depends_on:
            _put(con, database, table, "past_rows", {"service": service, "captured_table": table})
        _run(con, file, file.table)
        con.execute(f"delete from past.{file.table} where source_id is null")  # noqa: S608 - a name of ours
    _run(con, sql_file("intermediate/int_anime_unioned"), "main.capture_words")


def _put(
    con: duckdb.DuckDBPyConnection,
    database: str,
    table: str,
    query: str,
    params: Mapping[str, str] | None = None,
    more: bool = False,
) -> None:
    """Fill a table of `past` by a query of sql/warehouse over the warehouse; `more` adds to what stands there."""
    con.execute(f"use {quote_identifier(database)}")
    into = f"insert into past.{table}" if more else f"create table past.{table} as"
    con.execute(f"{into} {sql_file(f'warehouse/{query}').body}", dict(params) if params else None)


def _run(con: duckdb.DuckDBPyConnection, file: SqlFile, table: str) -> None:
    """Make a table of `past` by a file's statement, which finds there what it reads; the columns are its header's."""
    con.execute("use past")
    columns = ", ".join(quote_identifier(name) for name in file.columns)
    con.execute(f"create table past.{table} as select {columns} from (\n{file.body}\n)")  # noqa: S608 - quoted
