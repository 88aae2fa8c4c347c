"""Dagster's files as we write them: a stock instance reads what it would have written itself."""

import sqlite3
from contextlib import closing
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.event_log import SqliteEventLogStorage

from orchestration.cli.console import Console
from orchestration.cli.execute import execute
from orchestration.cli.instance import open_instance
from orchestration.cli.storage import KeptOpenEventLog
from tests.orchestration.cli.toy import toy_definitions
from warehouse.home import Home

PLANNED = {dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED, dg.DagsterEventType.ASSET_CHECK_EVALUATION_PLANNED}
#: Two checks that a run came to, and one that it did not come to.
CHECKS = (("first", "keys_are_unique"), ("first", "rows_are_whole"), ("third", "nothing_is_lost"))


def stored(home: Home) -> tuple[list[object], ...]:
    """What is read of a run that a failing check ended: its plan in the log, its assets, and its checks."""
    with open_instance(home) as instance:
        told = execute(toy_definitions(broken="check"), instance, Console(), job_name="refresh_all", resources={})
    with dg.DagsterInstance.from_config(str(home.dagster)) as instance:
        plan = instance.all_logs(told.run_id, of_type=PLANNED)
        assets = [record.asset_entry for record in instance.get_asset_records()]
        keys = [dg.AssetCheckKey(dg.AssetKey(asset), name) for asset, name in CHECKS]
        checks = instance.event_log_storage.get_latest_asset_check_execution_by_key(keys).values()
    return (
        [(entry.step_key, entry.level, entry.get_dagster_event().message) for entry in plan],
        [(one.asset_key, one.last_materialization is not None) for one in assets if one.last_run_id == told.run_id],
        [(one.status, one.event.get_dagster_event().message) for one in checks if one.run_id == told.run_id],
    )


def test_a_plan_stored_in_one_piece_reads_as_dagsters_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same log, assets and checks as where Dagster stores the plan one by one."""
    at_once = stored(Home(tmp_path / "at_once"))
    monkeypatch.setenv("DAGSTER_EVENT_BATCH_SIZE", "0")
    assert at_once == stored(Home(tmp_path / "one_by_one"))
    plan, assets, checks = at_once
    assert (len(plan), len(assets), len(checks)) == (8, 5, 3)


def test_the_file_of_a_run_is_made_as_dagster_makes_it(tmp_path: Path) -> None:
    """The same tables, indexes, revision and kind of journal; one that was left half made gets what it lacks."""
    own, stock, half = (tmp_path / name for name in ("own", "stock", "half"))
    half.mkdir()
    with closing(sqlite3.connect(half / "run.db")) as begun:
        begun.execute("create table normalized_by_hand (one integer)")
    logs = KeptOpenEventLog(str(own)), SqliteEventLogStorage(str(stock)), KeptOpenEventLog(str(half))
    for log in logs:
        with log.run_connection("run"):
            pass
        log.dispose()
    assert made(own) == made(stock)
    assert made(half)[0] - {("table", "normalized_by_hand")} == made(stock)[0]
    assert made(half)[1:] == made(stock)[1:]


def made(directory: Path) -> tuple[set[tuple[str, str]], list[tuple[str]], list[tuple[str]]]:
    """What is in a run's file: tables and indexes, revision, journal."""
    with closing(sqlite3.connect(directory / "run.db")) as con:
        return (
            set(con.execute("select type, name from sqlite_master")),
            con.execute("select version_num from alembic_version").fetchall(),
            con.execute("pragma journal_mode").fetchall(),
        )


def test_who_has_set_how_much_is_stored_at_once_is_heeded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Dagster's own variable is left as it is."""
    monkeypatch.setenv("DAGSTER_EVENT_BATCH_SIZE", "7")
    with open_instance(Home(tmp_path / "home")) as instance:
        assert instance._get_event_batch_size() == 7
