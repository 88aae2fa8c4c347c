"""Dagster's own SQLite files, written through connections that stay open.

Dagster opens, commits and closes a new SQLite connection, with a new SQLAlchemy engine, for every event it
stores. For a run of 50 assets with 50 check steps that is 4,400 connections and 4.6 of 6.0 seconds, and ten
times as much while other programs write to the same disk. Through these classes the same run takes 1.7 s, in
memory 1.4 s (Dagster 1.13.27, whose version is pinned, since `_connect` is not public). The files are the
same, so the UI reads such runs like any other. Used by runs inside the process of `osusume run` only.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from dagster import DagsterEventType, EventLogEntry
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.event_log.schema import (
    AssetCheckExecutionsTable,
    SqlEventLogStorageMetadata,
    SqlEventLogStorageTable,
)
from dagster._core.storage.event_log.sqlite import sqlite_event_log
from dagster._core.storage.sql import get_alembic_config
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import StaticPool


def _kept_open(connection_string: str) -> Engine:
    """An engine whose one connection stays open; who uses it takes turns."""
    engine = create_engine(
        connection_string,
        poolclass=StaticPool,
        connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
    )
    event.listen(engine, "connect", _do_not_wait_for_the_disk)
    return engine


def _do_not_wait_for_the_disk(connection: Any, _: object) -> None:
    """Leave flushing to the write-ahead log's checkpoints: a killed process loses nothing by it."""
    connection.execute("pragma synchronous = normal")


@cache
def _migrations() -> ScriptDirectory:
    """Dagster's migrations of its event log: ninety files, read once by a process instead of three times by a run."""
    return ScriptDirectory.from_config(get_alembic_config(sqlite_event_log.__file__))


def _is_made(engine: Engine) -> bool:
    """Whether the file has its tables, also where it was empty and they are made now."""
    with engine.connect() as connection:
        version = MigrationContext.configure(connection)
        if version.get_current_revision() is None:
            if inspect(connection).get_table_names():
                return False
            SqlEventLogStorageMetadata.create_all(connection)
            connection.execute(text("pragma journal_mode = wal"))
            version.stamp(_migrations(), "head")
            connection.commit()
    return True


def _is_simple_plan(event: EventLogEntry) -> bool:
    """Whether the event says that an asset or a check is going to be made, as a whole."""
    if event.dagster_event_type == DagsterEventType.ASSET_MATERIALIZATION_PLANNED:
        return True
    is_check = event.dagster_event_type == DagsterEventType.ASSET_CHECK_EVALUATION_PLANNED
    return is_check and event.get_dagster_event().asset_check_planned_data.partitions_subset is None


def _planned_check(event: EventLogEntry, row: dict[str, Any], number: int) -> dict[str, object]:
    """The row from which the UI sees that a check is going to be made, as Dagster writes it one by one."""
    planned = event.get_dagster_event().asset_check_planned_data
    return {
        "asset_key": planned.asset_key.to_string(),
        "check_name": planned.check_name,
        "partition": None,
        "run_id": event.run_id,
        "execution_status": AssetCheckExecutionRecordStatus.PLANNED.value,
        "evaluation_event": row["event"],
        "evaluation_event_timestamp": row["timestamp"],
        "evaluation_event_storage_id": number,
    }


class KeptOpenEventLog(SqliteEventLogStorage):
    """Dagster's event log, with one connection for each of its files."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: dict[str, Engine] = {}
        self._tables: set[str] = set()
        super().__init__(base_dir, inst_data)
        # Who stores the plan of a run holds two of the files at once.
        self._db_lock = threading.RLock()  # type: ignore[assignment]

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """Store what a run is going to make in one transaction of each file; anything else one by one.

        A run with its checks plans eight hundred things. Of the two files the run's own is committed first: when the
        index cannot be, Dagster stores all of them again, and only the log of the run has them twice.
        """
        if not all(map(_is_simple_plan, events)) or len({event.run_id for event in events}) > 1:
            super().store_event_batch(events)
            return
        rows = [self._event_to_row(event) for event in events]
        with self.index_connection() as index, self.run_connection(events[0].run_id) as log:
            log.execute(SqlEventLogStorageTable.insert(), rows)
            stored = SqlEventLogStorageTable.insert().returning(
                SqlEventLogStorageTable.c.id, sort_by_parameter_order=True
            )
            numbers = index.execute(stored, rows).scalars().all()
            checks = []
            for event, row, number in zip(events, rows, numbers, strict=True):
                if event.dagster_event_type == DagsterEventType.ASSET_MATERIALIZATION_PLANNED:
                    self._store_asset_event(index, event, number)
                else:
                    checks.append(_planned_check(event, row, number))
            if checks:
                index.execute(AssetCheckExecutionsTable.insert(), checks)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        """The shard's connection inside a transaction, for one thread at a time."""
        with self._db_lock:
            if shard not in self._engines:
                self._engines[shard] = _kept_open(self.conn_string_for_shard(shard))
                self._initdb(self._engines[shard])
            with self._engines[shard].connect() as connection, connection.begin():
                yield connection

    def _initdb(self, engine: Engine, for_index_shard: bool = False) -> None:
        """Make the file of a new run as Dagster does, which itself sees to all that is not quite new.

        The index may be made by the UI at the same moment, and so, where somebody looks at it, may the run's file:
        Dagster waits for the other then, and tries again.
        """
        with suppress(DatabaseError):
            if not for_index_shard and _is_made(engine):
                return
        super()._initdb(engine, for_index_shard)

    def has_table(self, table_name: str) -> bool:
        """Whether the index has this table; what it once had stays, and Dagster asks with every check's event."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    def dispose(self) -> None:
        """Close every file."""
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()
        super().dispose()


class KeptOpenStorage(DagsterSqliteStorage):
    """The storage of an instance, as `DagsterSqliteStorage` lays it out, with a kept-open event log."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(base_dir, inst_data)
        self._event_log_storage = KeptOpenEventLog(str(Path(base_dir, "history", "runs")))

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> KeptOpenStorage:
        """The storage whose `base_dir` stands in the configuration."""
        return cls.from_local(inst_data=inst_data, **config_value)
