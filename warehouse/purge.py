"""Taking a user out of every table, so that nothing is left of them until the tables are built anew.

The one rule: tables are found by what their columns are called, so that one that is added later is purged too.
"""

import json
import re
import shutil
from collections.abc import Iterable, Sequence

import duckdb

from warehouse.catalogue import Entry, columns_of, entries, table_exists
from warehouse.connection import Warehouse
from warehouse.lock import WriterLock
from warehouse.made import forget
from warehouse.names import Relation, quote_identifier
from warehouse.redaction import mentions
from warehouse.schema import SCHEMAS
from warehouse.sqlfiles import sql_file
from warehouse.tombstones import speaking_of_users, whose_users
from warehouse.transaction import transaction

#: Columns that name a user, in the source's words or as a salted hash.
IDENTITY_COLUMNS = ("user_id", "user_name", "subject", "author", "author_id", "author_subject", "reviewer")
_KEY = "user_key"
#: Names, within each, whose list was read.
_READS = "reads"
_POINTERS = ("payload_path", "payload_line")
_OF_SOURCE = re.compile(r"(?:raw|stg)_(?P<source>[a-z0-9]+)__")
_PURGED = "purged_rows"


def purge(con: duckdb.DuckDBPyConnection, source: str, subject: str, names: Iterable[str] = ()) -> dict[str, int]:
    """Delete every row that names the user, in one transaction; returns how many went, by table.

    Gone are rows of raw tables that are about the user or were written by them, what other tables made of these
    rows (by payload_path, payload_line and payload_item), and rows of any table whose user_key is the user's, or
    whose column names the user. Views follow their tables; snapshots that were published before do not.

    Args:
        con: a writer's connection.
        source: whose user; Jikan's are MyAnimeList's.
        subject: how the user is called in what was landed live: the salted hash, or the name.
        names: further ways to call the user.
    """
    identities = sorted({one.strip() for one in (subject, *names)} - {""})
    tables = [entry for entry in entries(con) if entry.kind == "table" and entry.relation.schema in SCHEMAS]
    tables.sort(key=lambda entry: SCHEMAS.index(entry.relation.schema))
    with transaction(con):
        con.execute(
            f"create or replace temp table {_PURGED} (payload_path varchar, payload_line bigint, payload_item bigint)"
        )
        purging = _Purging(con, source, identities)
        removed = {str(entry.relation): purging.purge(entry) for entry in tables}
        con.execute(f"drop table {_PURGED}")
        forget(con)
    # What was deleted stands in the write-ahead log until it is taken over into the file.
    con.execute("checkpoint")
    return {table: rows for table, rows in removed.items() if rows}


def discard(warehouse: Warehouse) -> None:
    """Delete the writers' file: what was deleted from its tables still stands in its free blocks.

    Everything in it is built again from the landing by the next run.

    Raises:
        LockTimeout: when the writers before did not finish in time.
    """
    home = warehouse.home
    with WriterLock(home, "discard the warehouse", warehouse.lock_timeout_s, warehouse.on_wait):
        for path in home.root.glob(f"{home.warehouse_file.name}*"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


class _Purging:
    """Deletes one user's rows, table after table, raw ones first."""

    def __init__(self, con: duckdb.DuckDBPyConnection, source: str, identities: Sequence[str]) -> None:
        self.con, self.identities = con, list(identities)
        self.users, self.sources = whose_users(source), list(speaking_of_users(source))
        self.keys = self._user_keys()

    def purge(self, entry: Entry) -> int:
        """Delete the user's rows of one table; returns how many they were."""
        target = entry.relation
        columns = {name for name, _, _ in columns_of(self.con, target)}
        conditions = self._conditions(target, columns)
        words = {name: value for name, value in self._words().items() if any(f"${name}" in one for one in conditions)}
        if target.schema == "raw" and "payload" in columns:
            conditions.append("rowid in (select unnest($rows))")
            words["rows"] = self._written_by(target)
        if not conditions:
            return 0
        where = " or ".join(f"({condition})" for condition in conditions)
        if target.schema == "raw" and columns.issuperset(_POINTERS):
            item = "payload_item" if "payload_item" in columns else "null"
            self.con.execute(
                f"insert into {_PURGED} select payload_path, payload_line, {item} "  # noqa: S608 - quoted, our names
                f"from {target.sql} where {where}",
                words,
            )
        deleted = self.con.execute(f"delete from {target.sql} where {where}", words)  # noqa: S608 - quoted
        return int(deleted.fetchall()[0][0])

    def _words(self) -> dict[str, object]:
        return {"identities": self.identities, "sources": self.sources, "keys": self.keys}

    def _conditions(self, target: Relation, columns: set[str]) -> list[str]:
        """What tells this table's rows of the user from others; [] when nothing in it is about users."""
        found = _OF_SOURCE.match(target.name)
        if found and found["source"] not in self.sources:
            return []
        of_source = "source in (select unnest($sources)) and " if "source" in columns else ""
        conditions = [
            f"{of_source}trim({quote_identifier(name)}::varchar) in (select unnest($identities))"
            for name in IDENTITY_COLUMNS
            if name in columns
        ]
        if _READS in columns:
            # The crawl's file was rewritten, and what is known of it comes with the next load.
            conditions.append(f"{of_source}list_has_any([one.subject for one in {_READS}], $identities)")
        if _KEY in columns:
            conditions.append(f"{_KEY} in (select unnest($keys))")
        if "malformed" in columns:
            parts = "list_transform(string_split(malformed, ','), lambda part: trim(part, ' \"'))"
            conditions.append(f"list_has_any({parts}, $identities::varchar[])")
        if "record_id" in columns:
            # Entries of lists are called `user:anime` in quarantine.
            called = "[record_id, regexp_replace(record_id, ':[^:]*$', '')]"
            conditions.append(f"{of_source}list_has_any({called}, $identities::varchar[])")
        if target.schema != "raw" and columns.issuperset(_POINTERS):
            same_item = f" and {target.sql}.payload_item is not distinct from purged.payload_item"
            item = same_item if "payload_item" in columns else ""
            conditions.append(
                f"exists (from {_PURGED} as purged where purged.payload_path = {target.sql}.payload_path "
                f"and purged.payload_line = {target.sql}.payload_line{item})"
            )
        return conditions

    def _user_keys(self) -> list[int]:
        """The keys that the user has, or would have, in dim_user."""
        statement = sql_file("warehouse/user_keys").body
        words = {"source": self.users, "identities": self.identities}
        keys = {int(key) for (key,) in self.con.execute(statement, words).fetchall()}
        if table_exists(self.con, "main.dim_user"):
            known = (
                "select user_key from main.dim_user where source = $source and user_id in (select unnest($identities))"
            )
            keys |= {int(key) for (key,) in self.con.execute(known, words).fetchall()}
        return sorted(keys)

    def _written_by(self, target: Relation) -> list[int]:
        """The rows of a raw table whose payload names the user, e.g. as the author of a review."""
        found = _OF_SOURCE.match(target.name)
        if not target.name.endswith("__reviews") or found is None or found["source"] not in self.sources:
            return []
        suspects = self.con.execute(
            f"select rowid, payload from {target.sql} "  # noqa: S608 - quoted
            "where len(list_filter($identities, lambda one: contains(payload, one))) > 0",
            {"identities": self.identities},
        ).fetchall()
        wanted = frozenset(self.identities)
        return [int(row) for row, payload in suspects if mentions(json.loads(payload), wanted.__contains__)]
