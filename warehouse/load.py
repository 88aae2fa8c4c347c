"""From landing files to raw tables: every line once, verbatim, with its place in the file.

The one rule: a raw table holds exactly the files that lie in the landing, each loaded whole or not at all.
"""

from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from warehouse.errors import LandingError
from warehouse.home import Home
from warehouse.names import Relation
from warehouse.payloads import LandedFile, landed_files, verify
from warehouse.rawlines import read_lines
from warehouse.rawratings import read_ratings
from warehouse.schema import STREAMS, create_shape, raw_shape, raw_table
from warehouse.transaction import transaction

#: About a million ratings, or twenty thousand catalogue records, are inserted at a time.
_INSERT_BYTES = 64_000_000


@dataclass(frozen=True)
class LoadReport:
    """What loading one stream did.

    Attributes:
        files: how many landed files were new and have been read.
        rows: how many rows these files gave.
        total_rows: how many rows the raw table holds now.
    """

    files: int
    rows: int
    total_rows: int


def load_new_files(con: duckdb.DuckDBPyConnection, home: Home, source: str, stream: str) -> LoadReport:
    """Bring the raw table of one stream in line with its landing, in one transaction.

    Files already loaded are not read again; rows of files that are gone or were rewritten are removed.

    Raises:
        LandingError: when the stream is unknown, or a landed file is missing, changed or unreadable.
    """
    if stream not in STREAMS:
        raise LandingError(f"unknown stream {stream!r}; the streams are {', '.join(STREAMS)}")
    target = raw_table(source, stream)
    landed = {one.path: one for one in landed_files(home, source, stream)}
    with transaction(con):
        create_shape(con, target, raw_shape(stream))
        loaded = _loaded(con, source, stream)
        stale = [path for path, sha in loaded.items() if path not in landed or landed[path].sha256 != sha]
        for path in stale:
            con.execute(f"delete from {target.sql} where payload_path = $path", {"path": path})  # noqa: S608 - quoted
            con.execute("delete from raw.loaded_file where path = $path", {"path": path})
        new = [one for one in landed.values() if one.path not in loaded or one.path in stale]
        rows = sum(_load_file(con, home, target, one) for one in new)
        total = con.execute(f"select count(*) from {target.sql}").fetchall()[0][0]  # noqa: S608 - quoted
    return LoadReport(files=len(new), rows=rows, total_rows=int(total))


def _loaded(con: duckdb.DuckDBPyConnection, source: str, stream: str) -> dict[str, str]:
    """The content hash of each file that the raw table of this stream holds, by path."""
    statement = "select path, sha256 from raw.loaded_file where source = $source and stream = $stream"
    return dict(con.execute(statement, {"source": source, "stream": stream}).fetchall())


def _load_file(con: duckdb.DuckDBPyConnection, home: Home, target: Relation, landed: LandedFile) -> int:
    """Insert every row of one landed file; returns how many they are."""
    verify(home, landed)
    rows = 0
    with closing(_batches(home, landed)) as batches:
        for batch in _gathered(batches):
            _insert(con, target, batch, landed)
            rows += batch.num_rows
    con.execute(
        "insert into raw.loaded_file values ($path, $source, $stream, $sha256, $rows, now())",
        {
            "path": landed.path,
            "source": landed.source,
            "stream": landed.stream,
            "sha256": landed.sha256,
            "rows": rows,
        },
    )
    return rows


def _batches(home: Home, landed: LandedFile) -> Generator[pa.Table]:
    """The file's rows as Arrow tables of bounded size, in file order."""
    file = landed.file(home)
    if landed.stream == "ratings":
        return read_ratings(file, landed.source)
    return read_lines(file)


def _gathered(batches: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """The same rows in fewer, larger tables: DuckDB stores many small inserts at twice the cost."""
    waiting: list[pa.Table] = []
    size = 0
    for batch in batches:
        waiting.append(batch)
        size += batch.nbytes
        if size >= _INSERT_BYTES:
            yield pa.concat_tables(waiting).combine_chunks()
            waiting, size = [], 0
    if waiting:
        yield pa.concat_tables(waiting).combine_chunks()


def _insert(con: duckdb.DuckDBPyConnection, target: Relation, batch: pa.Table, landed: LandedFile) -> None:
    """Append one batch, stamped with the file it came from."""
    columns = ", ".join(batch.column_names)
    con.register("incoming_batch", batch)
    try:
        con.execute(
            f"insert into {target.sql} ({columns}, payload_path, captured_at) "  # noqa: S608 - our own names
            f"select {columns}, $path, $captured_at from incoming_batch",
            {"path": landed.path, "captured_at": landed.captured_at},
        )
    finally:
        con.unregister("incoming_batch")
