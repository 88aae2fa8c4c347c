"""The files of sql/: what each one makes, what it says about itself, and what it reads.

The one rule: a table's name is its file's name, its schema is its folder's, and its dependencies are what
its statement really reads.
"""

import graphlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Literal

from warehouse.dependencies import COMPUTED, parse, tables_read
from warehouse.errors import SqlFileError
from warehouse.sqlheader import Header, split_header

Kind = Literal["table", "view", "staging", "shape", "check", "query", "input"]

#: What a folder of sql/ makes: schema, kind and (where Dagster shows it) the default group.
_FOLDERS: dict[str, tuple[str, Kind, str]] = {
    "staging": ("staging", "staging", "staging"),
    "intermediate": ("intermediate", "table", "identity"),
    "core": ("main", "table", "core"),
    "marts": ("main", "view", "recommendations"),
    "ml": ("ml", "table", "models"),
    "quality": ("quality", "shape", "monitoring"),
    "warehouse": ("raw", "shape", "ingestion"),
    "checks": ("", "check", ""),
    "queries": ("", "query", ""),
    "serving": ("", "query", ""),
    "reports": ("", "query", ""),
    "inputs": ("", "input", ""),
}
#: The staging column that says why a row is refused; null for rows that are kept.
REJECTION = "rejection_reason"
_BUILT = ("staging", "intermediate", "core", "marts", "ml")
#: Schemas that no table of ours lives in: what is read from them is no dependency.
_NOT_OURS = ("seeds", "information_schema", "pg_catalog", "temp", "system")


@dataclass(frozen=True)
class SqlFile:
    """One file of sql/, read and understood.

    Attributes:
        name: the file's stem, which is the table's name.
        folder: the folder of sql/ it lies in, e.g. `core`.
        schema: the schema its table lives in; '' where the file makes no table.
        kind: what it makes: table, view, staging (a table plus quarantined rows), shape (an empty table
            that Python fills), or nothing: check, query, input. A staging file is `staging` when its SELECT
            has a `rejection_reason`, and a plain `table` when it refuses nothing.
        group: the Dagster group; '' where the file makes no asset.
        description: the header's sentences.
        grain: what one row is.
        keys: the columns that identify a row, in the order in which rows are stored.
        columns: the comment of each column, in the header's order.
        severity: `error` or `warn` for a check, else ''.
        body: the SELECT, without header and closing semicolon.
        path: where the file lies.
        depends_on: what it reads, as sorted `schema.table`; neither `computed` nor seeds.
        needs_computed: whether it reads the relation `computed`, a table made in Python.
    """

    name: str
    folder: str
    schema: str
    kind: Kind
    group: str
    description: str
    grain: str
    keys: tuple[str, ...]
    columns: dict[str, str]
    severity: str
    body: str
    path: Path
    depends_on: tuple[str, ...]
    needs_computed: bool = False

    @property
    def table(self) -> str:
        """The `schema.table` that the file makes."""
        return f"{self.schema}.{self.name}"


def read_sql(path: Path) -> SqlFile:
    """The SQL file at the path, its folder deciding schema and kind.

    Raises:
        SqlFileError: naming the file, when header or statement break the rules of sql/README.md.
    """
    path = Path(path)
    if path.parent.name not in _FOLDERS:
        raise SqlFileError(f"{path}: expected a folder among {', '.join(_FOLDERS)}")
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise SqlFileError(f"{path}: cannot be read: {problem}") from problem
    header, body = split_header(path, text)
    schema, folder_kind, group = _FOLDERS[path.parent.name]
    kind = _kind(path, header, folder_kind, body)
    _refuse_incomplete(path, kind, header)
    read = tables_read(parse(str(path), body))
    return SqlFile(
        name=path.stem,
        folder=path.parent.name,
        schema=schema,
        kind=kind,
        group=header.fields.get("group", group),
        description=header.description,
        grain=header.fields.get("grain", ""),
        keys=header.keys,
        columns=dict(header.columns),
        severity=header.fields.get("severity", ""),
        body=body,
        path=path,
        depends_on=_dependencies(read),
        needs_computed=("", COMPUTED) in read,
    )


@cache
def all_sql_files() -> tuple[SqlFile, ...]:
    """Every file that makes a table or view of the pipeline, each after what it reads."""
    found = [read_sql(path) for folder in _BUILT for path in _files(folder)]
    return tuple(in_order(found))


@cache
def sql_file(name: str) -> SqlFile:
    """The file `folder/name` of sql/, e.g. `core/dim_anime`.

    Raises:
        SqlFileError: when there is no such file, or it breaks the rules.
    """
    path = sql_root() / f"{name}.sql"
    if not path.is_file():
        raise SqlFileError(f"sql/{name}.sql does not exist; the files are under {sql_root()}")
    return read_sql(path)


@cache
def check_files(table: str) -> tuple[SqlFile, ...]:
    """The rules of one table by its bare name, sorted: sql/checks/<table>__<what_holds>.sql."""
    return tuple(read_sql(path) for path in _check_paths().get(table, ()))


@cache
def _check_paths() -> dict[str, list[Path]]:
    """The rules' paths by the table they are about, from one look at the folder."""
    found: dict[str, list[Path]] = {}
    for path in _files("checks"):
        found.setdefault(path.stem.rpartition("__")[0], []).append(path)
    return found


def in_order(files: Iterable[SqlFile]) -> list[SqlFile]:
    """The files such that each comes after those it reads; ties go by `schema.table`.

    Raises:
        SqlFileError: when two files make one table, or files read each other in a circle.
    """
    by_table: dict[str, SqlFile] = {}
    for file in files:
        if file.table in by_table:
            raise SqlFileError(f"{file.path} and {by_table[file.table].path} both make {file.table}")
        by_table[file.table] = file
    sorter = graphlib.TopologicalSorter(
        {table: [name for name in by_table[table].depends_on if name in by_table] for table in by_table}
    )
    ordered: list[SqlFile] = []
    try:
        sorter.prepare()
    except graphlib.CycleError as cycle:
        raise SqlFileError(f"tables read each other in a circle: {' <- '.join(cycle.args[1])}") from cycle
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        ordered.extend(by_table[table] for table in ready)
        sorter.done(*ready)
    return ordered


def sql_root() -> Path:
    """The directory of the installed package `sql`."""
    return Path(str(resources.files("sql")))


def _files(folder: str) -> list[Path]:
    """The SQL files of one folder, sorted by name; none when the folder does not exist."""
    return sorted((sql_root() / folder).glob("*.sql"))


def _dependencies(read: set[tuple[str, str]]) -> tuple[str, ...]:
    """Sorted `schema.table` of what a statement reads; without a schema it means main."""
    ours = {(schema or "main", name) for schema, name in read if (schema, name) != ("", COMPUTED)}
    return tuple(sorted(f"{schema}.{name}" for schema, name in ours if schema not in _NOT_OURS))


def _kind(path: Path, header: Header, folder_kind: Kind, body: str) -> Kind:
    """The folder's kind, unless a table is declared a view by `kind: view`, or the reverse.

    A staging file that gives no `rejection_reason` refuses nothing and makes a plain table; a file of this
    room that describes no columns is a query of ours.
    """
    if path.parent.name == "warehouse" and "columns" not in header.fields:
        return "query"
    if folder_kind == "staging" and not re.search(rf"\b{REJECTION}\b", body):
        folder_kind = "table"
    declared = header.fields.get("kind", folder_kind)
    if declared == folder_kind:
        return folder_kind
    if declared == "view" and folder_kind == "table":
        return "view"
    if declared == "table" and folder_kind == "view":
        return "table"
    raise SqlFileError(f"{path}: `kind: {declared}` is not possible here; use table or view, or leave it out")


def _refuse_incomplete(path: Path, kind: Kind, header: Header) -> None:
    """Raise SqlFileError when the header lacks something its kind of file must say."""
    missing = [] if header.description else ["a description"]
    if kind in ("table", "view", "staging", "shape"):
        missing += [f"`{name}:`" for name in ("grain", "keys", "columns") if name not in header.fields]
        unknown = [key for key in header.keys if key not in header.columns]
        if unknown and not missing:
            raise SqlFileError(f"{path}: the keys {unknown} are not among the columns of the header")
    if kind == "check" and header.fields.get("severity") not in ("error", "warn"):
        missing.append("`severity: error` or `severity: warn`")
    if missing:
        raise SqlFileError(f"{path}: the header lacks {', '.join(missing)}")
