"""What each table was made from and found sound with, so that a run does again only what could end otherwise.

The one rule: a table counts as made, or as sound, only while its SQL, the code that runs it and the content of all
that it reads are those of then; the content, not the time at which it was written.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

import duckdb

from warehouse.catalogue import content_hash, table_exists
from warehouse.names import Relation
from warehouse.schema import RAW_STREAMS, raw_table
from warehouse.sqlfiles import SqlFile, all_sql_files

_MEMORY = "raw.made_table"
#: Whose raw table it is: what it holds follows from the files that were loaded into it.
_STREAMS = {str(raw_table(source, name)): (source, name) for source, names in RAW_STREAMS.items() for name in names}
#: Schemas of what is about files and runs: too small, and too often written, to be remembered.
_BOOKKEEPING = ("raw.", "quality.")


@dataclass(frozen=True)
class Besides:
    """What a table computed in Python was made from, beside what its SQL reads.

    Attributes:
        tables: as `schema.table`.
        words: whatever else decides its rows, e.g. a seed and the code's version.
    """

    tables: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


NOTHING = Besides()


def is_made(con: duckdb.DuckDBPyConnection, file: SqlFile, besides: Besides = NOTHING) -> bool:
    """Whether the file's table is there, and making it now would give the same."""
    kept = _kept(con, _name(file), "made_from")
    return kept is not None and kept == _inputs(con, file, besides) and table_exists(con, _name(file))


def note_made(con: duckdb.DuckDBPyConnection, file: SqlFile, besides: Besides = NOTHING) -> str:
    """Remember what the file's table, which was just built, was made from; returns its content."""
    found = content(con, _name(file))
    _note(con, _name(file), "made_from", _inputs(con, file, besides))
    return found


def is_sound(con: duckdb.DuckDBPyConnection, table: str, reads: Iterable[str], rules: str) -> bool:
    """Whether all checks of a table held the last time, and nothing that they depend on was changed since.

    The table's own rows are looked at, in case they were changed by somebody whom we do not know of.

    Args:
        con: a writer's connection.
        table: as `schema.table`.
        reads: the tables that its checks read besides.
        rules: what else they depend on, e.g. a hash of their code.
    """
    kept = _kept(con, table, "sound_with")
    return kept is not None and kept == _soundness(con, table, reads, rules)


def note_sound(con: duckdb.DuckDBPyConnection, table: str, reads: Iterable[str], rules: str, *, holds: bool) -> None:
    """Remember that all checks of the table hold now, or that they do not."""
    _note(con, table, "sound_with", _soundness(con, table, reads, rules) if holds else None)


def changes(con: duckdb.DuckDBPyConnection, table: str) -> None:
    """Remember no longer what a table holds and was made from, since its rows are about to change.

    What it was found sound with stays: if the rows come out the same, it is sound.
    """
    statement = f"update {_MEMORY} set content = null, made_from = null where table_name = $name"  # noqa: S608 - ours
    con.execute(statement, {"name": table})


def forget(con: duckdb.DuckDBPyConnection) -> None:
    """Remember nothing any more of any table."""
    con.execute(f"delete from {_MEMORY}")  # noqa: S608 - ours


def content(con: duckdb.DuckDBPyConnection, table: str) -> str:
    """What stands for the rows of a table or view (as `schema.table`): equal rows, equal words.

    A view's rows are those of tables, so what it is made from stands for them; a table that is not there has a content
    of its own.
    """
    if table in _STREAMS:
        return _loaded(con, *_STREAMS[table])
    if table in _views():
        return _inputs(con, _views()[table])
    kept = _kept(con, table, "content")
    if kept is None:
        kept = _found(con, table)
        if not table.startswith(_BOOKKEEPING):
            _note(con, table, "content", kept)
    return kept


def _found(con: duckdb.DuckDBPyConnection, table: str) -> str:
    """A table's content, found out from its rows."""
    try:
        return content_hash(con, table)
    except duckdb.CatalogException:
        return "absent"


def _soundness(con: duckdb.DuckDBPyConnection, table: str, reads: Iterable[str], rules: str) -> str:
    own = content(con, table) if table in _STREAMS or table in _views() else _found(con, table)
    return _hash(rules, own, *(f"{name} {_read_for(con, table, name)}" for name in sorted(reads)))


def _read_for(con: duckdb.DuckDBPyConnection, table: str, name: str) -> str:
    """The content of a table that checks of another read; of what is about all tables, the part about that one."""
    if name == "raw.loaded_file" and table in _STREAMS:
        return _loaded(con, *_STREAMS[table])
    schema, _, stage = table.partition(".")
    if name == "quality.quarantine" and schema == "staging":
        refused = "select columns(* exclude run_id) from quality.quarantine where stage = $stage order by all"
        return _hash(*map(str, con.execute(refused, {"stage": stage}).fetchall()))
    return content(con, name)


def _inputs(con: duckdb.DuckDBPyConnection, file: SqlFile, besides: Besides = NOTHING) -> str:
    """What a table is made from: its SQL, the code of this room, the content of what it reads, and what is besides."""
    read = (*file.depends_on, *besides.tables)
    return _hash(_code(), _text(file.path), *(f"{name} {content(con, name)}" for name in read), *besides.words)


def _loaded(con: duckdb.DuckDBPyConnection, source: str, stream: str) -> str:
    """The files whose rows a raw table holds, by their content."""
    statement = "select path, sha256 from raw.loaded_file where source = $source and stream = $stream order by path"
    return _hash(*map(str, con.execute(statement, {"source": source, "stream": stream}).fetchall()))


def _kept(con: duckdb.DuckDBPyConnection, table: str, column: str) -> str | None:
    """What is remembered of a table in a column; None when nothing is."""
    statement = f"select {column} from {_MEMORY} where table_name = $name"  # noqa: S608 - ours
    found = con.execute(statement, {"name": table}).fetchall()
    return str(found[0][0]) if found and found[0][0] is not None else None


def _note(con: duckdb.DuckDBPyConnection, table: str, column: str, word: str | None) -> None:
    """Write into a column of the table's line, which is begun where there is none."""
    words = {"name": table, "word": word}
    changed = con.execute(f"update {_MEMORY} set {column} = $word where table_name = $name", words)  # noqa: S608 - ours
    if changed.fetchall() == [(0,)]:
        con.execute(f"insert into {_MEMORY} (table_name, {column}) values ($name, $word)", words)  # noqa: S608 - ours


@cache
def _views() -> dict[str, SqlFile]:
    """The files that make views, by schema.table."""
    return {_name(file): file for file in all_sql_files() if file.kind == "view"}


@cache
def _code() -> str:
    """The version of DuckDB, and a hash of this room's code."""
    files = sorted(Path(__file__).parent.glob("*.py"))
    return _hash(duckdb.__version__, *(file.read_text(encoding="utf-8") for file in files))


@cache
def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _name(file: SqlFile) -> str:
    return str(Relation(file.schema, file.name))


def _hash(*words: str) -> str:
    return sha256("\0".join(words).encode()).hexdigest()[:32]
