"""From landing files to raw tables: every record once, verbatim, with its place in the file.

The one rule: a raw table holds exactly the files that lie in the landing, each loaded whole or not at all.
"""

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from warehouse.errors import LandingError
from warehouse.home import Home
from warehouse.names import Relation
from warehouse.payloads import LandedFile, landed_files, newest_file, verify
from warehouse.rawlines import read_lines
from warehouse.rawratings import read_ratings
from warehouse.rawresponses import Segment, Unpack, read_responses
from warehouse.rawtitles import TITLE_COLUMNS, TITLES, load_titles
from warehouse.redaction import gone_rows
from warehouse.schema import create_shape, loadable_streams, raw_shape, raw_table
from warehouse.segments import SEGMENT_EXTENSION
from warehouse.tombstones import PERSONAL_STREAMS, Forgotten, forgotten
from warehouse.transaction import transaction

#: Follows the hash of a file that lies in the landing but whose rows a newer one replaces as a whole.
_SUPERSEDED = " superseded"
#: About a million ratings, or twenty thousand catalogue records, are inserted at a time.
_INSERT_BYTES = 64_000_000


@dataclass(frozen=True)
class LoadReport:
    """What loading one stream did.

    Attributes:
        files: how many landed files were new and have been read; those that newer ones replace are not read.
        rows: how many rows these files gave.
        total_rows: how many rows the raw table holds now.
    """

    files: int
    rows: int
    total_rows: int


def load_new_files(
    con: duckdb.DuckDBPyConnection, home: Home, source: str, stream: str, unpack: Unpack | None = None
) -> LoadReport:
    """Bring the raw table of one stream in line with its landing, in one transaction.

    Files already loaded are not read again; rows of files that are gone or were rewritten are removed. Each
    sealed crawl also gets its row in raw.crawl. Of IMDb's files only the newest is held, and those that
    depend on title_basics are read again when that one changed; of a month of ratings, too, only the newest is
    held. Rows of forgotten users are left out.

    Args:
        con: a writer's connection.
        home: whose landing.
        source: whose stream.
        stream: which one.
        unpack: gives the records in an answer's document; needed where crawls were landed.

    Raises:
        LandingError: when the stream is unknown, a landed file is missing, changed or unreadable, or a crawl
            was landed and nothing is given to unpack it with.
    """
    if stream not in loadable_streams():
        raise LandingError(f"unknown stream {stream!r}; the streams are {', '.join(loadable_streams())}")
    target = raw_table(source, stream)
    landed = landed_files(home, source, stream)
    with transaction(con):
        create_shape(con, target, raw_shape(stream))
        wanted = _wanted(con, source, stream, landed)
        loaded = _loaded(con, source, stream)
        for path in (path for path, content in loaded.items() if wanted.get(path) != content):
            _remove(con, target, path)
        new = [one for one in landed if loaded.get(one.path) != wanted[one.path]]
        gone = forgotten(home, source) if stream in PERSONAL_STREAMS else None
        loader = _Loader(con, home, target, unpack, gone or None)
        rows = sum(loader.load(one, wanted[one.path]) for one in new)
        total = con.execute(f"select count(*) from {target.sql}").fetchall()[0][0]  # noqa: S608 - quoted
    read = sum(not wanted[one.path].endswith(_SUPERSEDED) for one in new)
    return LoadReport(files=read, rows=rows, total_rows=int(total))


def _wanted(con: duckdb.DuckDBPyConnection, source: str, stream: str, landed: Sequence[LandedFile]) -> dict[str, str]:
    """What raw.loaded_file should say of each landed file's content, by path.

    That is its hash; followed by what else decides on its rows, if something does: IMDb's titles, or a newer file.
    """
    newest_of = {one.partition: one.path for one in landed}
    kept = {one.path for one in landed if one.partition is None} | set(newest_of.values())
    wanted = {one.path: one.sha256 + ("" if one.path in kept else _SUPERSEDED) for one in landed}
    newest = newest_file(landed)
    if stream not in TITLE_COLUMNS or newest is None:
        return wanted
    wanted = {path: f"{sha256}{_SUPERSEDED}" for path, sha256 in wanted.items()}
    wanted[newest.path] = newest.sha256
    if stream != TITLES:
        titles = [sha256 for sha256 in _loaded(con, source, TITLES).values() if not sha256.endswith(_SUPERSEDED)]
        wanted[newest.path] += f" for the titles of {titles[0] if titles else 'nothing'}"
    return wanted


def _loaded(con: duckdb.DuckDBPyConnection, source: str, stream: str) -> dict[str, str]:
    """What each file that the raw table of this stream holds had as its content, by path."""
    statement = "select path, sha256 from raw.loaded_file where source = $source and stream = $stream"
    return dict(con.execute(statement, {"source": source, "stream": stream}).fetchall())


def _remove(con: duckdb.DuckDBPyConnection, target: Relation, path: str) -> None:
    """Remove every trace of a loaded file."""
    words = {"path": path}
    con.execute(f"delete from {target.sql} where payload_path = $path", words)  # noqa: S608 - quoted
    con.execute("delete from raw.crawl where payload_path = $path", words)
    con.execute("delete from raw.loaded_file where path = $path", words)


class _Loader:
    """Reads landed files of one stream into its raw table."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        home: Home,
        target: Relation,
        unpack: Unpack | None,
        is_gone: Forgotten | None,
    ) -> None:
        self.con, self.home, self.target, self.unpack, self.is_gone = con, home, target, unpack, is_gone

    def load(self, landed: LandedFile, content: str) -> int:
        """Insert every row of one landed file, and note it as loaded; returns how many rows they are."""
        rows = 0 if content.endswith(_SUPERSEDED) else self._read(landed)
        words = {"path": landed.path, "source": landed.source, "stream": landed.stream, "sha256": content, "rows": rows}
        self.con.execute("insert into raw.loaded_file values ($path, $source, $stream, $sha256, $rows, now())", words)
        return rows

    def _read(self, landed: LandedFile) -> int:
        """Insert the rows of a file by what its name says it is."""
        verify(self.home, landed)
        file = landed.file(self.home)
        if landed.path.endswith(SEGMENT_EXTENSION):
            return self._read_crawl(landed, file)
        if landed.stream in TITLE_COLUMNS:
            return load_titles(self.con, file, self.target, landed)
        if landed.stream == "ratings":
            return self._insert(self._without_forgotten(read_ratings(file, landed.source)), landed)
        return self._insert(read_lines(file), landed)

    def _read_crawl(self, landed: LandedFile, file: Path) -> int:
        """Insert the records of a sealed crawl, and what is known about the crawl itself."""
        if self.unpack is None:
            raise LandingError(
                f"{file} holds responses of {landed.source}, and nothing was given to find the records in them; "
                "the source is not one that this installation reads live"
            )
        segment = Segment()
        rows = self._insert(read_responses(file, self.unpack, segment, self.is_gone), landed)
        try:
            found = segment.as_row()
        except (KeyError, TypeError, ValueError) as problem:
            raise LandingError(f"{file}: its first or last line lacks something ({problem!r})") from problem
        words = {"payload_path": landed.path, "source": landed.source, "stream": landed.stream} | found
        names = ", ".join(words)
        values = ", ".join(f"${name}" for name in words)
        self.con.execute(f"insert into raw.crawl ({names}) values ({values})", words)  # noqa: S608 - our own names
        return rows

    def _without_forgotten(self, batches: Generator[pa.Table]) -> Generator[pa.Table]:
        """The batches of a ratings file without rows of forgotten users."""
        with closing(batches):
            for batch in batches:
                gone = gone_rows(batch, self.is_gone) if self.is_gone else []
                if gone:
                    batch = batch.take(sorted(set(range(batch.num_rows)) - set(gone)))
                yield batch

    def _insert(self, batches: Generator[pa.Table], landed: LandedFile) -> int:
        """Append batches, stamped with the file they came from; returns how many rows they have."""
        rows = 0
        with closing(batches):
            for batch in _gathered(batches):
                _insert(self.con, self.target, batch, landed)
                rows += batch.num_rows
        return rows


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
    stamps: dict[str, object] = {"payload_path": landed.path}
    if "captured_at" not in batch.column_names:
        # A recording was made at one moment; each response has its own.
        stamps["captured_at"] = landed.captured_at
    if landed.partition is not None:
        stamps["month"] = landed.partition
    names, values = ", ".join(stamps), ", ".join(f"${name}" for name in stamps)
    con.register("incoming_batch", batch)
    try:
        con.execute(
            f"insert into {target.sql} ({columns}, {names}) "  # noqa: S608 - our own names
            f"select {columns}, {values} from incoming_batch",
            stamps,
        )
    finally:
        con.unregister("incoming_batch")
