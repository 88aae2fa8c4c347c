"""`osusume publish`, its versions, and what a rollback means for the runs after it."""

import re
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.cli.unchanged import nothing_new
from tests.assets.checks.world import make_world
from tests.warehouse.conftest import DAY
from warehouse.checks import CheckResult, record_results
from warehouse.connection import Warehouse
from warehouse.home import Home
from warehouse.publish import publish, rollback
from warehouse.snapshots import current_snapshot, snapshots

Call = Callable[..., object]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The HOME of a sound tiny warehouse, of which each test has a copy of its own."""
    opened = tiny(tmp_path_factory.mktemp("sound") / "home")
    with opened.writer("test") as connection:
        make_world(connection)
    return opened.home.root


@pytest.fixture
def warehouse(sound: Path, tmp_path: Path) -> Warehouse:
    """A sound tiny warehouse of which nothing is published."""
    return tiny(shutil.copytree(sound, tmp_path / "home"))


def tiny(root: Path) -> Warehouse:
    """The warehouse of a HOME, of which little is asked."""
    return Warehouse(Home(root), lock_timeout_s=30, memory_limit="500MB", threads=2)


def twice(warehouse: Warehouse) -> list[str]:
    """Two versions, made of input 0 and input 1; their ids."""
    return [publish(warehouse, f"run {n}", f"input {n}", DAY).snapshot_id for n in range(2)]


def test_the_warehouse_as_it_stands_is_published(osusume: Call, warehouse: Warehouse) -> None:
    """Readers get it, under a version of its own; it counts as made of no one input, so that the next run runs."""
    called = osusume("publish", "--home", warehouse.home.root)
    assert called.status == 0
    made = current_snapshot(warehouse.home)
    assert made is not None
    assert f"as version {made.snapshot_id}" in called.out
    assert made.fingerprint == ""


def test_what_breaks_a_rule_is_not_published(osusume: Call, warehouse: Warehouse) -> None:
    """Exit status 1, the rule by name, and the old version is still what readers see."""
    twice(warehouse)
    with warehouse.writer("break") as connection:
        connection.execute("update dim_anime_history set status = 'AIRING' where is_current and anime_key = 1")
    called = osusume("publish", "--home", warehouse.home.root)
    assert called.status == 1
    assert "dim_anime_history: current_rows_are_those_of_dim_anime (2 rows)" in called.err
    assert len(snapshots(warehouse.home)) == 2


@pytest.mark.parametrize(("number", "rows"), [(1, "1 row"), (3000, "3,000 rows")])
def test_a_recorded_failure_of_a_column_check_counts_as_well(
    osusume: Call, warehouse: Warehouse, number: int, rows: str
) -> None:
    """Until the check is made again and holds."""
    name, said = "formats_are_known", ("run", "dim_anime")
    with warehouse.writer("record") as connection:
        record_results(connection, [CheckResult(*said, name, "error", False, number, DAY)])
    refused = osusume("publish", "--home", warehouse.home.root)
    assert refused.status == 1
    assert f"dim_anime: formats_are_known ({rows} at 20" in refused.err
    with warehouse.writer("record") as connection:
        record_results(
            connection, [CheckResult("later run", "dim_anime", name, "error", True, 0, DAY.replace(year=2027))]
        )
    assert osusume("publish", "--home", warehouse.home.root).status == 0


@pytest.mark.parametrize("words", [("publish", "--rollback"), ("publish",)])
def test_who_waits_is_told_for_whom(osusume: Call, warehouse: Warehouse, words: tuple[str, ...]) -> None:
    """A writer of another process, by what it does, while the command waits for it."""
    twice(warehouse)
    holds, done = threading.Event(), threading.Event()

    def build() -> None:
        with warehouse.writer("a long build"):
            holds.set()
            done.wait()

    thread = threading.Thread(target=build)
    thread.start()
    holds.wait()
    threading.Timer(1.2, done.set).start()
    called = osusume(*words, "--home", warehouse.home.root)
    thread.join()
    assert called.status == 0
    assert re.search(r"waited \d s so far for 'a long build' \(process \d+ on .*, writes since", called.err)


@pytest.mark.parametrize("there", ["nothing", "a file"])
def test_where_nothing_was_published_a_rollback_makes_nothing(osusume: Call, tmp_path: Path, there: str) -> None:
    """A misspelt HOME stays what it was, and the exit status is that of readers there."""
    home = tmp_path / "misspelt"
    if there == "a file":
        home.write_text("x")
    called = osusume("publish", "--rollback", "--home", home)
    assert called.status == 3
    assert f"nothing has been published in {home}" in called.err
    assert not home.is_dir()


@pytest.mark.parametrize("is_published", [False, True])
def test_without_a_warehouse_there_is_nothing_to_publish(
    osusume: Call, warehouse: Warehouse, is_published: bool
) -> None:
    """Wrong usage, said with the remedy, whatever readers have: a snapshot outlives its warehouse."""
    home = warehouse.home
    if is_published:
        twice(warehouse)
    home.warehouse_file.unlink()
    called = osusume("publish", "--home", home.root)
    assert (called.status, called.out) == (2, "")
    assert f"{home.root} holds no warehouse to publish; `osusume run --home {home.root}` first" in called.err
    assert not home.warehouse_file.exists()
    assert len(snapshots(home)) == (2 if is_published else 0)


def test_versions_are_listed_and_the_current_one_is_marked(osusume: Call, warehouse: Warehouse) -> None:
    """Newest first; after a rollback the list says how to go forward."""
    first, second = twice(warehouse)
    listed = osusume("publish", "--list", "--home", warehouse.home.root)
    assert listed.status == 0
    rows = [re.split(r" {2,}", line.strip()) for line in listed.out.splitlines()[2:]]
    assert [row[:2] for row in rows] == [["*", second], [first, f"{DAY:%Y-%m-%d %H:%M}"]]
    osusume("publish", "--rollback", "--home", warehouse.home.root)
    listed = osusume("publish", "--list", "--home", warehouse.home.root)
    assert f"*  {first}" in listed.out
    assert f"`osusume publish --rollback {second}` goes forward" in listed.out


def test_a_damaged_version_does_not_hide_the_others(osusume: Call, warehouse: Warehouse) -> None:
    """They are listed, and the damaged file is named with what to do."""
    first, second = twice(warehouse)
    damaged = warehouse.home.published / f"{first}.duckdb"
    damaged.unlink()
    damaged.write_bytes(b"no database")
    listed = osusume("publish", "--list", "--home", warehouse.home.root)
    assert listed.status == 0
    assert [line.split()[:2] for line in listed.out.splitlines()[2:]] == [["*", second]]
    assert re.search(rf"warning: {re.escape(str(damaged))} cannot be opened .*delete it", listed.err)


def test_a_rollback_says_how_to_go_forward(osusume: Call, warehouse: Warehouse) -> None:
    """Back to the version before, and forward to the newest by name."""
    first, second = twice(warehouse)
    called = osusume("publish", "--rollback", "--home", warehouse.home.root)
    assert called.out.startswith(f"Readers see version {first}")
    assert f"osusume publish --rollback {second}" in called.out
    forward = osusume("publish", "--rollback", second, "--home", warehouse.home.root)
    assert forward.out.splitlines() == [f"Readers see version {second}, published {DAY:%Y-%m-%d %H:%M} UTC."]


def test_an_unknown_version_is_wrong_usage(osusume: Call, warehouse: Warehouse) -> None:
    """Exit status 2 with the kept ones by name, also where the name is a path."""
    ids = twice(warehouse)
    for words in (("publish", "--rollback", "9"), ("sql", "--version", "../../warehouse", "select 1")):
        called = osusume(*words, "--home", warehouse.home.root)
        assert called.status == 2
        assert all(one in called.err for one in ids)


def test_nothing_published_is_said_as_such(osusume: Call, tmp_path: Path) -> None:
    """Exit status 3, with what to do."""
    for option in ("--list", "--rollback"):
        called = osusume("publish", option, "--home", tmp_path / "none")
        assert (called.status, "osusume run" in called.err) == (3, True)
    assert not (tmp_path / "none" / "warehouse.duckdb").exists()


def test_a_version_is_queried_without_being_current(osusume: Call, warehouse: Warehouse) -> None:
    """Only readers who ask for it see it."""
    twice(warehouse)
    told = osusume(
        "sql",
        "--version",
        "1",
        "select distinct run_id from quality.publication",
        "--format",
        "csv",
        "--home",
        warehouse.home.root,
    )
    assert told.out.splitlines() == ["run_id", "run 0"]


def test_a_run_with_nothing_new_leaves_a_rollback_as_it_is(warehouse: Warehouse) -> None:
    """Input unchanged since the version that was gone back from: it says so, and how to go forward."""
    first, second = twice(warehouse)
    home = warehouse.home
    assert "published snapshot" in nothing_new(home, "input 1")[1]
    rollback(home)
    told = " ".join(nothing_new(home, "input 1"))
    assert re.match(r"Nothing new since \d{4}-\d\d-\d\d \d\d:\d\d UTC: ", told)
    assert f"Readers are given {first} since it was rolled back" in told
    assert f"`osusume publish --rollback {second}` goes forward; --force runs" in told
    assert nothing_new(home, "input 2") == []
    assert nothing_new(home, "input 0")
    assert snapshots(home)[1].is_current


def test_a_snapshot_that_does_not_open_is_published_anew(warehouse: Warehouse) -> None:
    """Unchanged input is no reason to leave readers without."""
    twice(warehouse)
    assert nothing_new(warehouse.home, "input 1")
    warehouse.home.snapshot.write_bytes(b"no database" * 1000)
    assert nothing_new(warehouse.home, "input 1") == []
    rollback(warehouse.home)
    assert nothing_new(warehouse.home, "input 0")
    assert nothing_new(warehouse.home, "input 1") == []


def test_doctor_explains_a_rollback(osusume: Call, warehouse: Warehouse) -> None:
    """Why readers do not see the newest version, as a warning."""
    _, second = twice(warehouse)
    rollback(warehouse.home)
    called = osusume("doctor", "--home", warehouse.home.root)
    (line,) = [line for line in called.out.splitlines() if line.startswith("warn") and " snapshot " in line]
    assert f"rolled back from {second}" in line
