"""A small warehouse for tests of SQL: records and ratings go in as lines, tables are built by the real builder."""

import atexit
import json
import re
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from warehouse.build import BuildReport, build, fetch
from warehouse.schema import SOURCES, prepare
from warehouse.sqlfiles import SqlFile, all_sql_files, sql_file

DAY = "2026-03-01"
Record = Mapping[str, Any] | str
#: Records that are one anime: each (source, source_id) stands for its cluster.
Clusters = Iterable[Sequence[tuple[str, str]]]
IDENTITIES = ("source", "source_id", "anime_key", "match_method", "confidence")


class Workshop:
    """A warehouse with a few verbs, in memory unless it is given a connection; every test has its own."""

    def __init__(self, con: duckdb.DuckDBPyConnection | None = None) -> None:
        self.con = duckdb.connect() if con is None else con
        self.con.execute("set timezone = 'UTC'")
        if con is None:
            # Copied, since making the shape tables of each test anew takes twenty times as long.
            self.con.execute(f"attach '{prepared_file()}' as prepared (read_only)")
            self.con.execute("copy from database prepared to memory (schema)")
            self.con.execute("detach prepared")
        prepare(self.con)

    def land(self, source: str, *records: Record, day: str = DAY, path: str = "") -> None:
        """Append a file of catalogue records (dicts, or lines as they are) to the raw table."""
        lines = [one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in records]
        name = path or f"{source}/anime/{day}.jsonl.gz"
        self._insert(f"raw.raw_{source}__anime", [(line,) for line in lines], ("payload",), name, 1, day)

    def rate(
        self, source: str, *rows: Sequence[str | None], day: str = DAY, path: str = "", month: str | None = None
    ) -> None:
        """Append a ratings file, whole lists or a month: user, anime, score and, where given, status and updated_at."""
        name = path or f"{source}/ratings/{day}{f'-{month}' if month else ''}.csv.gz"
        columns = ("user_id", "anime_id", "score", "status", "updated_at")
        filled = [(*row, *[None] * (len(columns) - len(row)), month) for row in rows]
        self._insert(f"raw.raw_{source}__ratings", filled, (*columns, "month"), name, 2, day)

    def _insert(
        self, table: str, rows: Sequence[Sequence[str | None]], columns: Sequence[str], path: str, first: int, day: str
    ) -> None:
        """Append rows of text as lines of one landed file, numbered from `first`."""
        texts = {name: pa.array([row[at] for row in rows], pa.string()) for at, name in enumerate(columns)}
        lines = pa.table(texts | {"payload_line": pa.array(range(first, first + len(rows)), pa.int64())})
        self.con.register("lines", lines)
        self.con.execute(
            f"insert into {table} by name select *, $path as payload_path, $at::timestamptz as captured_at from lines",
            {"path": path, "at": f"{day} 00:00:00Z"},
        )
        self.con.unregister("lines")

    def malform(self, source: str, line: str) -> None:
        """Append a ratings line with the wrong number of fields, as the loader hands it on."""
        self.con.execute(
            f"insert into raw.raw_{source}__ratings by name select ? as malformed, 'broken.csv.gz' as payload_path, "
            f"2 as payload_line, timestamptz '{DAY} 00:00:00Z' as captured_at",
            [line],
        )

    def answer(
        self,
        source: str,
        *records: Record,
        stream: str = "anime",
        path: str,
        line: int = 1,
        day: str = DAY,
        subject: str | None = None,
    ) -> None:
        """Append the records of one response: a line of the landed file of a crawl, each record an item of it."""
        columns = {
            "payload": [one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in records],
            "payload_item": list(range(1, len(records) + 1)),
        }
        self.con.register("items", pa.table(columns))
        self.con.execute(
            f"insert into raw.raw_{source}__{stream} by name select *, $path as payload_path, $line as payload_line, "
            "$subject as subject, $at::timestamptz as captured_at from items",
            {"path": path, "line": line, "subject": subject, "at": f"{day} 00:00:00Z"},
        )
        self.con.unregister("items")

    def crawled(
        self,
        path: str,
        source: str,
        stream: str = "anime",
        day: str = DAY,
        gone: Sequence[str] = (),
        ids: Sequence[str] = (),
        reads: Mapping[str, int] | None = None,
    ) -> None:
        """Note a crawl that came to its end on a day, within its first hour; `reads`: records by whose list it is."""
        self.con.execute(
            "insert into raw.crawl by name select $path as payload_path, $source as source, $stream as stream, "
            "'full' as kind, $at::timestamptz as started_at, $at::timestamptz + interval 1 hour as ended_at, "
            "1 as responses, 1 as accepted, $gone::varchar[] as gone, $ids::varchar[] as ids, "
            "[{'subject': one.key, 'read_at': $at::timestamptz, 'records': one.value} "
            "for one in map_entries(map($subjects::varchar[], $records::bigint[]))] as reads",
            {
                "path": path,
                "source": source,
                "stream": stream,
                "at": f"{day} 00:00:00Z",
                "gone": list(gone),
                "ids": list(ids),
                "subjects": list(reads or {}),
                "records": list((reads or {}).values()),
            },
        )

    def build(self, name: str, computed: pa.Table | None = None) -> BuildReport:
        """Build `folder/name`."""
        return build(self.con, sql_file(name), computed=computed)

    def stage(self) -> None:
        """Build everything up to the unioned tables."""
        for file in all_sql_files():
            if file.folder == "staging" or file.name.endswith("_unioned"):
                build(self.con, file)

    def stage_anime(self, source: str) -> None:
        """Build the catalogue staging of one source alone."""
        for file in all_sql_files():
            if file.name.startswith(f"stg_{source}__anime"):
                build(self.con, file)

    def stage_ratings(self, source: str) -> None:
        """Build the ratings of one source alone, with the lists that crawls read."""
        self.build(f"staging/stg_{source}__list_entries")
        self.build(f"staging/stg_{source}__ratings")

    def identify(self, clusters: Clusters = ()) -> None:
        """Give every record an anime of its own, except that the records of a cluster share one."""
        found = self.con.execute(
            "select source, source_id, 'single' from intermediate.int_anime_unioned order by all"
        ).fetchall()
        stubs = fetch(self.con, "inputs/rated_only_records").to_pylist()
        found += [(row["source"], row["source_id"], "rating_only") for row in stubs]
        first = {member: cluster[0] for cluster in clusters for member in cluster}
        keys: dict[tuple[str, str], int] = {}
        rows = []
        for source, source_id, method in found:
            head = first.get((source, source_id), (source, source_id))
            key = keys.setdefault(head, len(keys) + 1)
            rows.append((source, source_id, key, method, 1.0))
        columns = list(zip(*rows, strict=True)) or [()] * len(IDENTITIES)
        types = (pa.string(), pa.string(), pa.int64(), pa.string(), pa.float64())
        arrays = [pa.array(column, kind) for column, kind in zip(columns, types, strict=True)]
        self.build("intermediate/int_anime_identities", pa.table(dict(zip(IDENTITIES, arrays, strict=True))))

    def make(self, clusters: Clusters = (), computed: Mapping[str, pa.Table] | None = None) -> None:
        """Build every table; those made by Python from what `computed` has for them, else without rows."""
        self.stage()
        self.identify(clusters)
        for file in remaining_files():
            given = (computed or {}).get(file.name)
            build(self.con, file, computed=(no_rows(file) if given is None else given) if file.needs_computed else None)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What a query gives."""
        return self.con.execute(query).fetchall()

    def row(self, query: str) -> dict[str, Any]:
        """The only row of a query by column name."""
        (found,) = self.con.execute(query).to_arrow_table().to_pylist()
        return dict(found)

    def refused(self, stage: str) -> list[tuple[str | None, str]]:
        """Record id and reason of each row that a staging table refused, in the order of the payload."""
        return self.con.execute(
            "select record_id, reason from quality.quarantine where stage = $stage order by payload_path, payload_line",
            {"stage": stage},
        ).fetchall()


@cache
def prepared_file() -> Path:
    """A DuckDB file with all that exists before anything is built, made once in each process."""
    folder = Path(tempfile.mkdtemp(prefix="osusume-prepared-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with duckdb.connect(str(folder / "prepared.duckdb")) as con:
        prepare(con)
    return folder / "prepared.duckdb"


def remaining_files() -> list[SqlFile]:
    """What is built after the identities are known, in order."""
    return [
        file
        for file in all_sql_files()
        if file.folder != "staging" and not file.name.endswith("_unioned") and file.name != "int_anime_identities"
    ]


#: Arrow types of the computed columns that are not text, by the type the SQL casts them to.
ARROW = {
    "bigint": pa.int64(),
    "integer": pa.int32(),
    "double": pa.float64(),
    "boolean": pa.bool_(),
    "timestamptz": pa.timestamp("us", "UTC"),
    "varchar[]": pa.list_(pa.string()),
    "bigint[]": pa.list_(pa.int64()),
    "double[]": pa.list_(pa.float64()),
}
#: What fact_match_candidate reads as it is, a struct of numbers by name.
UNCAST = {"features": "double"}
CAST = re.compile(r"\bcomputed\.(?P<column>[a-z0-9_]+)::(?P<type>[a-z]+(?:\[\])?)")


def no_rows(file: SqlFile) -> pa.Table:
    """A computed table without rows that has every column the file reads."""
    read = {found["column"]: found["type"] for found in CAST.finditer(file.body)}
    named = read | (UNCAST if file.name == "fact_match_candidate" else {})
    return pa.table({name: pa.array([], ARROW.get(kind, pa.string())) for name, kind in named.items()})


def all_sources() -> tuple[str, ...]:
    """The sources whose raw tables always exist."""
    return SOURCES
