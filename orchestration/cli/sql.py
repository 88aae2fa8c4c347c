"""`osusume sql`: a query on the published snapshot, in the format that comes next."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import Any, TextIO

import duckdb

from orchestration.cli.console import Console, counted
from orchestration.cli.formats import Row, write_csv, write_json, write_table
from orchestration.errors import UsageError
from orchestration.settings import Settings
from warehouse.connection import Warehouse
from warehouse.files import part_path, put_in_place
from warehouse.home import Home
from warehouse.snapshots import find_version

_BATCH = 10_000
#: The columns of `explain`, whose plan is a drawing of many lines.
_PLAN = ["explain_key", "explain_value"]
_READ_ONLY = "Queries on the published snapshot neither read nor write files; --output saves a result."
#: The type, and not a name or a value within another one.
_INTERVAL = re.compile(r"""(?<!["'])\bINTERVAL\b(?!["'])""")
_Fetches = duckdb.DuckDBPyConnection | duckdb.DuckDBPyRelation
#: What to add to DuckDB's messages, by a part of them.
_REMEDIES = {
    "read-only": "The published snapshot can only be read.",
    "disabled by configuration": _READ_ONLY,
    "configuration has been locked": _READ_ONLY,
    "Catalog Error: Table": 'All tables: osusume sql "select schema, name from (show all tables)"',
    # What one of its threads ran into stops the others, and now and then DuckDB tells of them.
    "INTERRUPT Error": "A part of the query failed and stopped the rest before it could be told why: run it once more.",
    "Out of Memory": "Give the query more room, e.g. OSUSUME_MEMORY_LIMIT=4GB, or ask for less at once.",
}


def run_sql(args: argparse.Namespace, settings: Settings, console: Console) -> int:
    """Run the query and write its result; returns the exit status.

    Raises:
        UsageError: for an empty or wrong query, or an output that cannot be written.
        NothingPublished: when there is no snapshot.
        UnknownVersion: when the version asked for is not kept.
    """
    query = _query(args.query)
    output = Path(args.output) if args.output else None
    if args.format == "parquet" and output is None and sys.stdout.isatty():
        raise UsageError("parquet is not for the screen: add --output FILE, or send it into a file or pipe")
    warehouse = Warehouse(Home(settings.home), memory_limit=settings.memory_limit)
    snapshot = find_version(warehouse.home, args.version) if args.version is not None else None
    with warehouse.reader(snapshot) as connection:
        try:
            connection.execute(query)
            if connection.description is None:
                raise UsageError("this statement has no result; the snapshot is read-only, so only queries make sense")
            if args.format == "parquet":
                _write_parquet(connection, query, output)
            else:
                _write_text(args, connection, query, output, console)
        except duckdb.Error as problem:
            raise UsageError(_explained(problem)) from problem
    return 0


def _query(given: str) -> str:
    """The query's text; `-` reads it from stdin."""
    query = sys.stdin.read() if given == "-" else given
    if not query.strip().strip(";"):
        raise UsageError('the query is empty. Example: osusume sql "select title, mean_score from dim_anime limit 5"')
    return query


def _write_text(
    args: argparse.Namespace, connection: duckdb.DuckDBPyConnection, query: str, output: Path | None, console: Console
) -> None:
    """Write the result as table, csv or json."""
    names = [column[0] for column in connection.description or ()]
    kinds = [str(column[1]) for column in connection.description or ()]
    rows = _rows(_with_whole_intervals(connection, query, kinds))
    with _stream(output) as stream:
        if args.format == "csv":
            write_csv(stream, names, kinds, rows)
        elif args.format == "json":
            write_json(stream, names, rows)
        elif names == _PLAN:
            stream.writelines(f"{row[-1]}\n" for row in rows)
        else:
            limit = args.limit or None
            if write_table(stream, names, kinds, rows, limit):
                console.say(f"(the first {counted(args.limit, 'row')} of more; --limit 0 shows all)")


def _write_parquet(connection: duckdb.DuckDBPyConnection, query: str, output: Path | None) -> None:
    """Write the result as a Parquet file, batch by batch; intervals as their text, for which there is no type there."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    names, kinds = zip(*((column[0], str(column[1])) for column in connection.description or ()), strict=True)
    reader = _with_whole_intervals(connection, query, kinds).to_arrow_reader(100_000)
    schema = pa.schema([field.with_name(name) for field, name in zip(reader.schema, names, strict=True)])
    with ExitStack() as stack:
        target: Any = sys.stdout.buffer if output is None else stack.enter_context(_opened(output, "wb"))
        try:
            writer = stack.enter_context(pq.ParquetWriter(target, schema))
        except pa.ArrowException as problem:
            raise UsageError(
                f"Parquet cannot hold this result ({problem}): cast the column, as to varchar"
            ) from problem
        for batch in _batches(reader):
            writer.write_batch(pa.record_batch(batch.columns, schema=schema))


def _batches(reader: Any) -> Iterator[Any]:
    """The result's batches; what DuckDB says on the way comes as an error of the operating system."""
    try:
        yield from reader
    except OSError as problem:
        raise UsageError(_explained(problem)) from problem


def _with_whole_intervals(connection: duckdb.DuckDBPyConnection, query: str, kinds: Sequence[str]) -> _Fetches:
    """Where the result is fetched; one with intervals is made anew with their text: Python knows no months or years."""
    texts = [_INTERVAL.sub("VARCHAR", kind) for kind in kinds]
    if texts == list(kinds):
        return connection
    last = connection.extract_statements(query)[-1]
    # By their places: of two columns with the same name neither can be named.
    return connection.sql(last.query).project(", ".join(f"cast(#{at} as {text})" for at, text in enumerate(texts, 1)))


def _rows(result: _Fetches) -> Iterator[Row]:
    """The result's rows, fetched in batches."""
    while batch := result.fetchmany(_BATCH):
        yield from batch


def _stream(output: Path | None) -> AbstractContextManager[TextIO]:
    """The file to write to, or stdout."""
    return nullcontext(sys.stdout) if output is None else _opened(output, "w")


@contextmanager
def _opened(output: Path, mode: str) -> Iterator[Any]:
    """The output file, which is there once it is whole: a query that fails on the way leaves what was there before.

    Pipes and devices are written to as they are. A file that cannot be written is the user's to put right.
    """
    is_file = output.is_file() or not output.exists()
    target = output.resolve()
    part = part_path(target) if is_file else output
    try:
        stream = part.open(mode) if "b" in mode else part.open(mode, encoding="utf-8", newline="")
    except OSError as problem:
        raise UsageError(f"--output {output}: {problem.strerror}; name a file in a directory that exists") from problem
    try:
        with stream:
            yield stream
        if is_file:
            put_in_place(part, target)
    finally:
        if is_file:
            part.unlink(missing_ok=True)


def _explained(problem: Exception) -> str:
    """DuckDB's message with the remedy where it does not name one."""
    said = str(problem).strip()
    for part, remedy in _REMEDIES.items():
        if part in said:
            return f"{said}\n{remedy}"
    return said
