"""Publishing: readers see the old snapshot whole, then the new one whole, and nothing in between."""

import json
import os
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from tests.warehouse.conftest import DAY, killed_before
from warehouse.connection import Warehouse
from warehouse.errors import NothingPublished, PublishError, UnknownVersion
from warehouse.home import Home
from warehouse.publish import drop_older_snapshots, publish, rollback
from warehouse.snapshots import Rollback, current_snapshot, find_version, own_files, snapshots, standing_rollback
from warehouse.transaction import transaction


def fill(warehouse: Warehouse, value: int) -> None:
    """Make the warehouse hold one table and one view with this value."""
    with warehouse.writer("fill") as con, transaction(con):
        con.execute(f"create or replace table dim_anime as select {value} as anime_key from range(3)")
        con.execute("comment on table dim_anime is 'what''s there'")
        con.execute("comment on column dim_anime.anime_key is 'lasting id'")
        con.execute("create or replace table ml.scores as select range as a from range(5) order by a desc")
        con.execute("create or replace table staging.hidden as select 1 as a")


def seen(home: Home) -> int:
    """The value a new reader sees."""
    with Warehouse(home).reader() as con:
        return int(con.execute("select distinct anime_key from dim_anime").fetchall()[0][0])


def test_the_snapshot_holds_tables_views_order_and_comments(warehouse: Warehouse) -> None:
    """Tables and views of main, ml and quality are there as they were; raw and staging are not."""
    fill(warehouse, 7)
    with warehouse.writer("views") as con:
        con.execute("create view vw_outer as select 1 as a")
        con.execute("create view vw_inner as select anime_key + 1 as next_key from main.dim_anime")
        con.execute("create or replace view vw_outer as select next_key from main.vw_inner")
        con.execute("comment on view vw_outer is 'for people'")
        con.execute("comment on column vw_outer.next_key is 'the next'")
        con.execute("insert into quality.quarantine (stage, reason) values ('stg', 'why')")
    snapshot = publish(warehouse, "run 1", "input 1", DAY)
    assert snapshot.rows == {
        "main.dim_anime": 3,
        "ml.scores": 5,
        "quality.check_result": 0,
        "quality.quarantine": 1,
    }
    with warehouse.reader() as con:
        assert con.execute("from vw_outer").fetchall() == [(8,)] * 3
        assert con.execute("from ml.scores").fetchall() == [(4,), (3,), (2,), (1,), (0,)]
        assert con.execute("select reason from quality.quarantine").fetchall() == [("why",)]
        comments = con.execute(
            "select comment from duckdb_tables() where table_name = 'dim_anime' "
            "union all select comment from duckdb_columns() where table_name = 'dim_anime' "
            "union all select comment from duckdb_views() where view_name = 'vw_outer' "
            "union all select comment from duckdb_columns() where table_name = 'vw_outer'"
        ).fetchall()
        assert comments == [("what's there",), ("lasting id",), ("for people",), ("the next",)]
        schemas = con.execute(
            "select distinct schema_name from duckdb_tables() where database_name = 'osusume' order by 1"
        ).fetchall()
        assert schemas == [("main",), ("ml",), ("quality",)]


def test_the_snapshot_says_what_it_is(warehouse: Warehouse) -> None:
    """Run, input and time stand in the file itself, and in the note beside it."""
    fill(warehouse, 1)
    snapshot = publish(warehouse, "run 1", "input 1", DAY)
    assert current_snapshot(warehouse.home) == snapshot
    assert (snapshot.run_id, snapshot.fingerprint, snapshot.published_at) == ("run 1", "input 1", DAY)
    note = json.loads(warehouse.home.snapshot_note.read_text())
    assert note["fingerprint"] == "input 1"
    assert note["rows"]["main.dim_anime"] == 3
    with warehouse.reader() as con:
        rows = con.execute("select table_name, kind, row_count from quality.publication order by 1").fetchall()
    assert ("dim_anime", "table", 3) in rows


def test_the_snapshot_is_one_file(warehouse: Warehouse) -> None:
    """Nothing but snapshots and the note lies in published/: no log of a database, nothing unfinished."""
    for value in range(2):
        fill(warehouse, value)
        publish(warehouse, "run", "input")
    names = sorted(path.name for path in warehouse.home.published.iterdir())
    assert len(names) == 4
    assert all(name.endswith((".duckdb", "current.json")) and not name.startswith(".") for name in names)


def test_a_copy_of_the_snapshot_can_be_opened_anywhere(warehouse: Warehouse, tmp_path: Path) -> None:
    """`current.duckdb` alone, copied elsewhere and opened by any DuckDB, shows everything."""
    fill(warehouse, 5)
    publish(warehouse, "run", "input")
    copy = tmp_path / "elsewhere.duckdb"
    copy.write_bytes(warehouse.home.snapshot.read_bytes())
    with duckdb.connect(str(copy), read_only=True) as con:
        assert con.execute("select sum(anime_key) from dim_anime").fetchall() == [(15,)]


def test_an_open_reader_keeps_its_snapshot_and_the_next_one_sees_the_new(warehouse: Warehouse) -> None:
    """Also within one process, and as often as it is published."""
    fill(warehouse, 1)
    publish(warehouse, "run 1", "input")
    with warehouse.reader() as old:
        for value in range(2, 7):
            fill(warehouse, value)
            publish(warehouse, f"run {value}", "input")
            assert seen(warehouse.home) == value
        assert old.execute("select sum(anime_key) from dim_anime").fetchall() == [(3,)]


def test_publishing_the_same_content_again_is_a_new_whole_snapshot(warehouse: Warehouse) -> None:
    """Twice the same is not an error: run and time are new, the tables equal."""
    fill(warehouse, 1)
    one = publish(warehouse, "run 1", "input", DAY)
    two = publish(warehouse, "run 2", "input", DAY)
    assert two.snapshot_id > one.snapshot_id
    assert two.rows == one.rows
    assert seen(warehouse.home) == 1


def test_three_older_snapshots_are_kept(warehouse: Warehouse) -> None:
    """After six publishings the newest four are there, newest first, one of them current."""
    for value in range(6):
        fill(warehouse, value)
        publish(warehouse, f"run {value}", "input")
    assert [(one.run_id, one.is_current) for one in snapshots(warehouse.home)] == [
        ("run 5", True),
        ("run 4", False),
        ("run 3", False),
        ("run 2", False),
    ]


def published_three(warehouse: Warehouse) -> list[str]:
    """Three versions, of values 0 to 2; their ids, oldest first."""
    ids = []
    for value in range(3):
        fill(warehouse, value)
        ids.append(publish(warehouse, f"run {value}", f"input {value}", DAY + timedelta(days=value)).snapshot_id)
    return ids


def test_rolling_back_goes_from_version_to_version_until_there_is_none(warehouse: Warehouse) -> None:
    """Each rollback returns to the one before, and none is lost; the last one says that there is nothing older."""
    ids = published_three(warehouse)
    for value in (1, 0):
        assert rollback(warehouse.home).run_id == f"run {value}"
        assert seen(warehouse.home) == value
        assert json.loads(warehouse.home.snapshot_note.read_text())["fingerprint"] == f"input {value}"
    with pytest.raises(UnknownVersion, match="no older snapshot"):
        rollback(warehouse.home)
    assert seen(warehouse.home) == 0
    assert [one.snapshot_id for one in snapshots(warehouse.home)] == ids[::-1]


def test_from_a_damaged_snapshot_one_can_go_back(warehouse: Warehouse) -> None:
    """Its own words cannot be read; the note beside it says which one it was."""
    ids = published_three(warehouse)
    home = warehouse.home
    # In place, so that its own name, a second one of the same file, is damaged too.
    home.snapshot.write_bytes(b"no database" * 1000)
    assert rollback(home).snapshot_id == ids[1]
    assert seen(home) == 1
    assert {path.stem for path in own_files(home)} == set(ids)


def test_a_version_is_chosen_by_id_or_number_back_and_forth(warehouse: Warehouse) -> None:
    """To the oldest, forward to the middle, forward to the newest: then nothing is rolled back any more."""
    ids = published_three(warehouse)
    home = warehouse.home
    assert standing_rollback(home) is None
    assert rollback(home, "1", now=DAY).snapshot_id == ids[0]
    assert standing_rollback(home) == Rollback(ids[0], ids[2], DAY)
    assert rollback(home, ids[1], now=DAY).snapshot_id == ids[1]
    assert standing_rollback(home) == Rollback(ids[1], ids[2], DAY)
    assert rollback(home, ids[2]).snapshot_id == ids[2]
    assert standing_rollback(home) is None
    assert not home.rollback_note.exists()
    assert rollback(home, ids[2]).snapshot_id == ids[2], "which it is already"
    assert not list(home.published.glob(".current*"))
    assert seen(home) == 2


@pytest.mark.parametrize("version", ["9", "../current", "current.duckdb", "1-"])
def test_an_unknown_version_is_refused_by_name(warehouse: Warehouse, version: str) -> None:
    """The message names those that are kept; nothing changes."""
    ids = published_three(warehouse)
    with pytest.raises(UnknownVersion, match=ids[1]):
        rollback(warehouse.home, version)
    assert seen(warehouse.home) == 2


def test_a_kept_version_can_be_reopened(warehouse: Warehouse) -> None:
    """It shows what it showed when it was published, whatever is current."""
    published_three(warehouse)
    with warehouse.reader(find_version(warehouse.home, "2")) as con:
        assert con.execute("select distinct anime_key from dim_anime").fetchall() == [(1,)]
    assert seen(warehouse.home) == 2


def test_a_rollback_that_is_killed_leaves_a_whole_snapshot(warehouse: Warehouse) -> None:
    """Killed before any of its file operations, readers see one of the two, and no version is lost."""
    ids = published_three(warehouse)
    home = warehouse.home
    step, was_killed = 0, True
    while was_killed:
        step += 1
        was_killed = killed_before(step, lambda: rollback(home, "1"), home.published)
        assert seen(home) in (0, 2)
        assert len(snapshots(home)) == 3
        assert rollback(home, "1").snapshot_id == ids[0]
        assert standing_rollback(home) is not None
        rollback(home, "3")
    assert step > 3


def test_as_many_versions_are_kept_as_the_warehouse_says(warehouse: Warehouse) -> None:
    """One beside the current one."""
    thrifty = replace(warehouse, keep_snapshots=1)
    assert published_three(thrifty)[1:] == [one.snapshot_id for one in reversed(snapshots(warehouse.home))]


def test_older_snapshots_can_be_dropped_at_once(warehouse: Warehouse) -> None:
    """Only the current one is left, readers notice nothing, there is nothing to return to; twice is once."""
    assert drop_older_snapshots(warehouse.home) == 0
    for value in range(3):
        fill(warehouse, value)
        publish(warehouse, f"run {value}", "input")
    unfinished = warehouse.home.published / ".building-000009-00000000.duckdb"
    unfinished.write_bytes(b"half")
    assert drop_older_snapshots(warehouse.home) == 2
    assert drop_older_snapshots(warehouse.home) == 0
    assert [one.run_id for one in snapshots(warehouse.home)] == ["run 2"]
    assert seen(warehouse.home) == 2
    assert not unfinished.exists()
    with pytest.raises(UnknownVersion, match="no older snapshot"):
        rollback(warehouse.home)
    publish(warehouse, "run 3", "input")
    assert len(snapshots(warehouse.home)) == 2


def test_dropping_older_snapshots_can_be_killed(warehouse: Warehouse) -> None:
    """Killed before any of its file operations, the current one stays, and the next call drops the rest."""
    for value in range(3):
        fill(warehouse, value)
        publish(warehouse, f"run {value}", "input")
    step = 1
    while killed_before(step, lambda: drop_older_snapshots(warehouse.home), warehouse.home.published):
        assert seen(warehouse.home) == 2
        step += 1
    assert step > 2
    assert len(snapshots(warehouse.home)) == 1


def test_after_a_rollback_publishing_goes_on(warehouse: Warehouse) -> None:
    """What is published next is current and ends the rollback; the version that was gone back from is still kept."""
    for value in range(2):
        fill(warehouse, value)
        publish(warehouse, f"run {value}", "input")
    rollback(warehouse.home)
    fill(warehouse, 9)
    publish(warehouse, "run 9", "input")
    assert [one.run_id for one in snapshots(warehouse.home)] == ["run 9", "run 1", "run 0"]
    assert standing_rollback(warehouse.home) is None
    assert seen(warehouse.home) == 9


def test_without_a_warehouse_nothing_is_published(warehouse: Warehouse) -> None:
    """No warehouse, or one without a table in main, is a PublishError, and published/ stays empty."""
    with pytest.raises(PublishError, match="no warehouse to publish"):
        publish(warehouse, "run", "input")
    assert not warehouse.home.root.exists()
    with warehouse.writer("empty"):
        pass
    with pytest.raises(PublishError, match="no table in its main schema"):
        publish(warehouse, "run", "input")
    assert list(warehouse.home.published.iterdir()) == []
    with pytest.raises(NothingPublished):
        rollback(warehouse.home)


def test_a_view_on_something_unpublished_stops_the_publishing(warehouse: Warehouse) -> None:
    """The error names the view; readers keep what they had; nothing unfinished is left."""
    fill(warehouse, 1)
    publish(warehouse, "run 1", "input")
    with warehouse.writer("bad view") as con:
        con.execute("create view vw_bad as select * from staging.hidden")
    before = sorted(warehouse.home.published.iterdir())
    with pytest.raises(PublishError, match=r"main\.vw_bad"):
        publish(warehouse, "run 2", "input")
    assert sorted(warehouse.home.published.iterdir()) == before
    assert seen(warehouse.home) == 1


def test_what_is_not_approved_is_not_published(warehouse: Warehouse) -> None:
    """A refusal by `approve`, which sees the writer's tables, keeps the old snapshot."""
    fill(warehouse, 1)
    publish(warehouse, "run 1", "input")
    fill(warehouse, 2)

    def refuse(con: duckdb.DuckDBPyConnection) -> None:
        assert con.execute("select distinct anime_key from dim_anime").fetchall() == [(2,)]
        raise ValueError("a check failed")

    with pytest.raises(ValueError, match="a check failed"):
        publish(warehouse, "run 2", "input", approve=refuse)
    assert seen(warehouse.home) == 1


def test_a_kill_at_any_moment_leaves_a_whole_snapshot(warehouse: Warehouse) -> None:
    """Killed before each of its file operations: readers see the old or the new one, then all is cleaned."""
    home = warehouse.home
    outcomes = set()
    fill(warehouse, 0)
    publish(warehouse, "first", "input")
    was_killed, step = True, 0
    while was_killed:
        step += 1
        fill(warehouse, step)
        was_killed = killed_before(step, lambda: publish(warehouse, "killed", "input"), home.published)
        outcomes.add(seen(home) - step)
        after = publish(warehouse, "after", "input")
        assert current_snapshot(home) == after
        assert seen(home) == step
        assert not [path.name for path in home.published.iterdir() if path.name.startswith(".")]
        assert len(snapshots(home)) <= 4
    assert step > 5
    assert outcomes == {-1, 0}


def test_what_a_publishing_killed_within_duckdb_left_is_removed(warehouse: Warehouse) -> None:
    """A half-written copy, its log and its spill folder go with the next publishing."""
    fill(warehouse, 1)
    publish(warehouse, "run", "input")
    half = warehouse.home.published / ".building-000002-00000000.duckdb"
    half.write_bytes(b"half")
    half.with_name(f"{half.name}.wal").write_bytes(b"log")
    half.with_name(f"{half.name}.tmp").mkdir()
    publish(warehouse, "run", "input")
    assert not list(warehouse.home.published.glob(".*"))


def test_readers_never_see_a_mixture(warehouse: Warehouse) -> None:
    """While snapshots are replaced, every reader that opens finds three equal rows."""
    fill(warehouse, 0)
    publish(warehouse, "run", "input")
    stop = threading.Event()
    problems: list[object] = []

    def look() -> None:
        while not stop.is_set():
            with Warehouse(warehouse.home).reader() as con:
                found = con.execute("select count(*), count(distinct anime_key) from dim_anime").fetchall()
            if found != [(3, 1)]:
                problems.append(found)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        for value in range(5):
            fill(warehouse, value)
            publish(warehouse, "run", "input")
    finally:
        stop.set()
        thread.join()
    assert problems == []


def test_a_file_system_without_hard_links_gets_a_copy(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where linking is impossible, the snapshot is copied; publishing and rolling back work alike."""

    def refuse(*_: object) -> None:
        raise OSError("hard links are not supported here")

    monkeypatch.setattr(os, "link", refuse)
    for value in range(3):
        fill(warehouse, value)
        publish(warehouse, f"run {value}", "input")
    assert rollback(warehouse.home).run_id == "run 1"
    assert seen(warehouse.home) == 1


def test_a_home_without_snapshots_has_none(home: Home) -> None:
    """Nothing published is an empty list, None, and NothingPublished for a reader."""
    assert snapshots(home) == []
    assert current_snapshot(home) is None
    with pytest.raises(NothingPublished), Warehouse(home).reader():
        pass
