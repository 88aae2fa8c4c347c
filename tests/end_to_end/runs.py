"""Whole runs in processes of their own, ended in peace or killed, and everything that they published."""

import re
import shutil
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from tests.end_to_end import commands

#: As many runs at once as the smallest machine has cores.
SLOTS = threading.Semaphore(2)
#: Columns that say when a run was, not what it found.
RUN_TIMES = ("occurred_at", "decided_at", "trained_at", "born_at", "last_event_at", "fit_seconds", "rank_seconds")
_LANDED_AT = re.compile(r"\d{8}T\d{6}Z-")

Tables = dict[str, list[tuple[object, ...]]]


@dataclass(frozen=True)
class Run:
    """One ended command: its exit status and words, and what its HOME had published by then ({} = nothing)."""

    home: Path
    status: int
    out: str
    err: str
    tables: Tables

    def rows(self, statement: str) -> list[tuple[object, ...]]:
        """What a query on the newest snapshot of the HOME gives."""
        return query(self.home, statement)

    def sources(self) -> dict[tuple[object, ...], object]:
        """The anime key of every record, by source and source_id."""
        return {row[:2]: row[2] for row in self.tables["main.bridge_anime_source"]}


def run(home: Path, source: Path, *options: str) -> Run:
    """`osusume run` on an input when a core is free, and everything that is published afterwards."""
    with SLOTS:
        ended = commands.finished(["--home", str(home), "run", "--input", str(source), *options])
    return Run(home, ended.returncode, ended.stdout, ended.stderr, published_tables(home))


def osusume(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """One command to its end."""
    return commands.finished(["--home", str(home), *words])


def run_killed(home: Path, source: Path, asset: str, meanwhile: Callable[[], None]) -> str:
    """A run that is stopped when the line of `asset` appears, and then killed; returns what it had told.

    Args:
        home: the HOME.
        source: the input.
        asset: the asset whose line is waited for.
        meanwhile: called while the run stands still in the middle of its work.
    """
    with SLOTS:
        return commands.killed(["--home", str(home), "run", "--input", str(source)], f"] {asset} ", meanwhile)


def published_tables(home: Path) -> Tables:
    """Every row of every table and view of main and ml, and of the quarantine, run times aside."""
    snapshot = home / "published" / "current.duckdb"
    if not snapshot.is_file():
        return {}
    with duckdb.connect(str(snapshot), read_only=True) as con:
        names = con.execute(
            "select table_schema || '.' || table_name from information_schema.tables "
            "where table_schema in ('main', 'ml') order by all"
        ).fetchall()
        tables = {str(name): _rows(con, str(name)) for (name,) in names}
    return tables | {"quality.quarantine": quarantine(home)}


def quarantine(home: Path) -> list[tuple[object, ...]]:
    """The refused rows, without the run that refused them and the moment at which their file was landed."""
    columns = "stage, source, record_id, reason, payload_line, payload_path"
    found = query(home, f"select {columns} from quality.quarantine order by all")
    return sorted(((*row[:5], _LANDED_AT.sub("", str(row[5]))) for row in found), key=repr)


def query(home: Path, statement: str) -> list[tuple[object, ...]]:
    """What a query on the published snapshot gives."""
    with duckdb.connect(str(home / "published" / "current.duckdb"), read_only=True) as con:
        return con.execute(statement).fetchall()


def copy_home(home: Path, target: Path) -> Path:
    """A HOME of the same past."""
    shutil.copytree(home, target)
    return target


def _rows(con: duckdb.DuckDBPyConnection, name: str) -> list[tuple[object, ...]]:
    described = [column[0] for column in con.execute(f"select * from {name} limit 0").description or ()]
    left_out = [column for column in described if column in RUN_TIMES]
    exclude = f"exclude ({', '.join(left_out)})" if left_out else ""
    return con.execute(f"select * {exclude} from {name} order by all").fetchall()
