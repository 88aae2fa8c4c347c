"""Who may open what: writers in turn, readers the published snapshot and nothing else."""

import re
import subprocess
import sys
from contextlib import nullcontext, suppress
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from warehouse.connection import Warehouse
from warehouse.errors import DiskFull, LockMisuse, LockTimeout, NothingPublished, WarehouseFileError
from warehouse.home import Home
from warehouse.keeping import kept_open
from warehouse.publish import publish

FOREIGN = """
import sys, duckdb
con = duckdb.connect(sys.argv[1])
print("open", flush=True)
sys.stdin.read(1)
"""
FORBIDDEN = [
    "create table nonsense (a integer)",
    "insert into dim_anime values (1)",
    "drop table dim_anime",
    "copy dim_anime to '{file}.csv'",
    "select * from read_csv('{file}')",
    "select * from read_text('{file}')",
    "select * from '{file}'",
    "attach '{file}.duckdb'",
    "export database '{file}.d'",
    "install httpfs",
    "set enable_external_access = true",
    "set lock_configuration = false",
    "set temp_directory = 'elsewhere'",
]


@pytest.fixture
def published(warehouse: Warehouse) -> Warehouse:
    """A warehouse with one published table of three rows."""
    with warehouse.writer("fill") as con:
        con.execute("create table dim_anime as select range as anime_key from range(3)")
    publish(warehouse, "run 1", "input 1")
    return warehouse


def test_nothing_is_drawn_into_the_output_of_a_program_without_a_file(published: Warehouse) -> None:
    """As the processes of Dagster's runs are: DuckDB takes them for a person at a prompt, and shows its progress."""
    program = (
        "import sys; from pathlib import Path\n"
        "from warehouse.connection import Warehouse; from warehouse.home import Home\n"
        "one = Warehouse(Home(Path(sys.argv[1])))\n"
        "for opened in (one.writer('look'), one.reader()):\n"
        "    with opened as con:\n"
        "        print(*con.execute(\"select current_setting('enable_progress_bar')\").fetchone())\n"
    )
    words = [sys.executable, "-c", program, str(published.home.root)]
    assert subprocess.run(words, capture_output=True, text=True, check=True).stdout.split() == ["False", "False"]


def test_a_writer_finds_schemas_quality_and_raw_tables(warehouse: Warehouse) -> None:
    """Every schema and the tables that Python fills exist, with comments, however often it is opened."""
    for _ in range(2):
        with warehouse.writer("test") as con:
            found = dict(
                con.execute("select schema_name || '.' || table_name, comment from duckdb_tables()").fetchall()
            )
    assert {"quality.quarantine", "quality.check_result", "raw.loaded_file"} <= set(found)
    for source in ("anilist", "kitsu", "myanimelist"):
        assert {f"raw.raw_{source}__anime", f"raw.raw_{source}__ratings"} <= set(found)
    assert all(found.values())


def test_python_variables_are_no_tables(published: Warehouse) -> None:
    """A SELECT from a missing table fails even when a Python variable of that name is in reach."""
    misspelt = pa.table({"a": [1]})
    with published.writer("test") as con, published.reader() as reader:
        for connection in (con, reader):
            with pytest.raises(duckdb.CatalogException):
                connection.execute("select * from misspelt")
    assert misspelt.num_rows == 1


def test_times_are_utc(published: Warehouse) -> None:
    """Writers and readers both show times in UTC, whatever the machine's zone."""
    statement = "select strftime(timestamptz '2026-03-01 12:00:00+02', '%H:%M %Z')"
    with published.writer("test") as con:
        assert con.execute(statement).fetchall() == [("10:00 UTC",)]
    with published.reader() as con:
        assert con.execute(statement).fetchall() == [("10:00 UTC",)]


def test_a_writer_that_fails_leaves_the_file_free_and_consistent(warehouse: Warehouse) -> None:
    """After an exception the next writer gets in and sees what was committed."""

    def fail(con: duckdb.DuckDBPyConnection) -> None:
        con.execute("create table kept as select 1 as a")
        con.execute("begin")
        con.execute("drop table kept")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), warehouse.writer("fails") as con:
        fail(con)
    with warehouse.writer("next") as con:
        assert con.execute("select a from kept").fetchall() == [(1,)]


def test_what_a_killed_writer_spilled_is_removed(warehouse: Warehouse) -> None:
    """The spill folder beside the file goes with the next opening."""
    spilled = warehouse.home.root / "warehouse.duckdb.tmp" / "duckdb_temp_storage-0.tmp"
    spilled.parent.mkdir(parents=True)
    spilled.write_bytes(b"spilled")
    with warehouse.writer("next"):
        assert not spilled.exists()


def test_writing_inside_writing_is_refused(warehouse: Warehouse) -> None:
    """A second writer in the same thread is told to pass the open connection on."""
    with warehouse.writer("outer"), pytest.raises(LockMisuse), warehouse.writer("inner"):
        pass


def test_reading_before_anything_was_published_says_what_to_run(warehouse: Warehouse) -> None:
    """NothingPublished names the remedy, and the attempt leaves no file behind."""
    with pytest.raises(NothingPublished, match="osusume run"), warehouse.reader():
        pass
    assert not warehouse.home.root.exists()


def test_a_reader_sees_the_tables_without_naming_a_schema(published: Warehouse) -> None:
    """`select * from dim_anime` works in the snapshot."""
    with published.reader() as con:
        assert con.execute("select * from dim_anime").fetchall() == [(0,), (1,), (2,)]


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_a_reader_can_neither_write_nor_touch_a_file(published: Warehouse, tmp_path: Path, statement: str) -> None:
    """No statement changes the snapshot, reads or writes a file, or unlocks the configuration."""
    file = tmp_path / "secret"
    file.write_text("a\n1\n")
    before = sorted(tmp_path.rglob("*"))
    with published.reader() as con:
        with pytest.raises(duckdb.Error):
            con.execute(statement.format(file=file))
        assert con.execute("select count(*) from dim_anime").fetchall() == [(3,)]
    assert sorted(tmp_path.rglob("*")) == before


def test_a_reader_works_while_somebody_writes(published: Warehouse) -> None:
    """The snapshot is readable during a writer's transaction, and shows nothing of it."""
    with published.writer("test") as con:
        con.execute("delete from dim_anime")
        with published.reader() as reader:
            assert reader.execute("select count(*) from dim_anime").fetchall() == [(3,)]


def test_readers_with_other_limits_live_side_by_side(published: Warehouse) -> None:
    """Two readers of one process may have different memory limits."""
    other = Warehouse(published.home, memory_limit="100MB", threads=1)
    with published.reader() as one, other.reader() as two:
        assert one.execute("from dim_anime").fetchall() == two.execute("from dim_anime").fetchall()


def test_a_program_outside_the_queue_is_waited_for(warehouse: Warehouse) -> None:
    """While a foreign program has the file open the writer waits, and the time-out names that program."""
    with warehouse.writer("make the file"):
        pass
    foreign = subprocess.Popen(
        [sys.executable, "-c", FOREIGN, str(warehouse.home.warehouse_file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert foreign.stdout is not None
    assert foreign.stdin is not None
    try:
        assert foreign.stdout.readline() == b"open\n"
        hasty = Warehouse(warehouse.home, lock_timeout_s=0.3)
        with pytest.raises(LockTimeout, match=f"outside the queue.*{foreign.pid}") as late, hasty.writer("hasty"):
            pass
        assert "Could not set lock" not in str(late.value)
        told: list[str] = []

        def on_wait(_: float, holder: str) -> None:
            told.append(holder)
            foreign.communicate(b"x")

        patient = Warehouse(warehouse.home, lock_timeout_s=30, on_wait=on_wait)
        with patient.writer("patient") as con:
            assert con.execute("select 1").fetchall() == [(1,)]
        (holder,) = told
        assert re.fullmatch(rf"a program outside the queue: \S+ \(PID {foreign.pid}\)", holder)
    finally:
        foreign.kill()
        foreign.wait()


@pytest.mark.parametrize("kept", [False, True], ids=["closed", "kept open"])
def test_a_full_disk_is_named_as_one_and_damages_nothing(tmp_path: Path, *, kept: bool) -> None:
    """A writer, and a ticket, without room say so instead of calling the file damaged; with room all goes on."""
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(small)], check=False)
    if mounted.returncode:
        pytest.skip("making a small file system takes the right to mount one")
    try:
        warehouse = Warehouse(Home(small / "home"))
        with kept_open(warehouse.home, 600) if kept else nullcontext():
            fill_and_make_room(warehouse, small / "filled")
    finally:
        subprocess.run(["umount", str(small)], check=True)


def fill_and_make_room(warehouse: Warehouse, filled: Path) -> None:
    """Write with room, with too little, with none, and with room again."""
    with warehouse.writer("first") as con:
        con.execute("create table kept as select 1 as a")
    with pytest.raises(DiskFull, match="no room left"), warehouse.writer("too much") as con:
        con.execute("create table too_much as select uuid() as a from range(1000000)")
    fill(filled)
    with pytest.raises(DiskFull, match="Make room and run again"), warehouse.writer("no ticket"):
        pass
    filled.unlink()
    with warehouse.writer("with room") as con:
        assert con.execute("select table_name from duckdb_tables() where schema_name = 'main'").fetchall() == [
            ("kept",)
        ]


def fill(file: Path) -> None:
    """Take all the room that is left."""
    with file.open("wb", buffering=0) as stream, suppress(OSError):
        while True:
            stream.write(bytes(512))


def test_a_damaged_warehouse_file_says_how_to_get_it_back(warehouse: Warehouse) -> None:
    """A file that is no DuckDB database is reported with the remedy, not with DuckDB's words alone."""
    warehouse.home.root.mkdir(parents=True)
    warehouse.home.warehouse_file.write_bytes(b"this is no database" * 1000)
    with pytest.raises(WarehouseFileError, match="rebuilt from the landing files"), warehouse.writer("test"):
        pass


def test_a_damaged_snapshot_is_not_called_unpublished(warehouse: Warehouse) -> None:
    """A snapshot that cannot be opened is a WarehouseFileError that names the file."""
    warehouse.home.published.mkdir(parents=True)
    warehouse.home.snapshot.write_bytes(b"this is no database" * 1000)
    with pytest.raises(WarehouseFileError, match=r"current\.duckdb"), warehouse.reader():
        pass
