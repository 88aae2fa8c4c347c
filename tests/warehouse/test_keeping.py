"""The file that stays open between two writings: faster for who goes on, unnoticed by everybody else."""

import os
import subprocess
import sys
import threading

import duckdb
import pytest

from tests.warehouse.waiting import eventually
from warehouse.connection import Warehouse
from warehouse.errors import LockMisuse
from warehouse.home import Home
from warehouse.keeping import keeper_of, kept_open
from warehouse.lock import queue

#: A program that writes once inside `kept_open`, says so, and then does not come back.
STAYS = """
import sys, time
from pathlib import Path
from warehouse.connection import Warehouse
from warehouse.home import Home
from warehouse.keeping import kept_open
home = Home(Path(sys.argv[1]))
with kept_open(home, 600):
    with Warehouse(home).writer("writes and stays") as con:
        con.execute("create table kept as select 1 as a")
    print("written", flush=True)
    time.sleep(600)
"""
#: A program that writes once and ends.
WRITES = """
import sys
from pathlib import Path
from warehouse.connection import Warehouse
from warehouse.home import Home
with Warehouse(Home(Path(sys.argv[1])), lock_timeout_s=30).writer("another process") as con:
    con.execute("insert into kept values (2)")
"""


#: Longer than any test, on however slow a machine.
LONG_S = 600.0


def tickets(home: Home) -> list[str]:
    """The names of the tickets in the queue."""
    return sorted(ticket.name for ticket in home.lock_dir.glob("*.ticket"))


def rows(warehouse: Warehouse) -> list[tuple[object, ...]]:
    """What a writer finds in the table `kept`."""
    with warehouse.writer("look") as con:
        return con.execute("select a from kept order by a").fetchall()


def test_the_next_writer_goes_on_in_the_same_turn(warehouse: Warehouse) -> None:
    """Two writings one after the other hold one ticket, which names the second purpose; at the end it is given back."""
    with kept_open(warehouse.home, LONG_S):
        with warehouse.writer("first") as con:
            con.execute("create table kept as select 1 as a")
            (first,) = tickets(warehouse.home)
        with warehouse.writer("second") as con:
            assert con.execute("select a from kept").fetchall() == [(1,)]
            assert tickets(warehouse.home) == [first]
            assert "'second'" in queue(warehouse.home)[0]
    assert tickets(warehouse.home) == []


def test_without_it_every_writer_closes_the_file(warehouse: Warehouse) -> None:
    """Outside `kept_open` nothing is left open, neither before nor afterwards."""
    with kept_open(warehouse.home, LONG_S):
        pass
    with warehouse.writer("alone"):
        pass
    assert tickets(warehouse.home) == []
    assert keeper_of(warehouse.home) is None


def test_what_was_written_is_in_the_file_and_not_in_its_log(warehouse: Warehouse) -> None:
    """While the file is left open it is as whole as a closed one, after every writing."""
    copied = warehouse.home.root / "copied.duckdb"
    with kept_open(warehouse.home, LONG_S):
        for number, statement in enumerate(("create table kept as select 1 as a", "insert into kept values (2)"), 1):
            with warehouse.writer("write") as con:
                con.execute(statement)
            copied.write_bytes(warehouse.home.warehouse_file.read_bytes())
            with duckdb.connect(str(copied), read_only=True) as con:
                assert con.execute("select count(*) from kept").fetchall() == [(number,)]


@pytest.mark.parametrize(
    "left", ["create temp table mine as select 1", "set timezone = 'Asia/Tokyo'", "begin; insert into kept values (2)"]
)
def test_a_writer_leaves_nothing_of_its_own_to_the_next(warehouse: Warehouse, left: str) -> None:
    """Temporary tables, settings and what was not committed are gone, as if the file had been closed."""
    with kept_open(warehouse.home, LONG_S):
        with warehouse.writer("make") as con:
            con.execute("create table kept as select 1 as a")
        with warehouse.writer("leave") as con:
            con.execute(left)
        with warehouse.writer("next") as con:
            assert con.execute("select current_setting('timezone')").fetchall() == [("UTC",)]
            assert con.execute("select a from kept").fetchall() == [(1,)]
            assert con.execute("select count(*) from duckdb_tables() where temporary").fetchall() == [(0,)]


def test_who_comes_to_wait_is_let_in(warehouse: Warehouse) -> None:
    """Another process writes while this one still keeps the file open, and the next writing here finds its row."""
    with kept_open(warehouse.home, LONG_S):
        with warehouse.writer("make") as con:
            con.execute("create table kept as select 1 as a")
        assert len(tickets(warehouse.home)) == 1
        subprocess.run([sys.executable, "-c", WRITES, str(warehouse.home.root)], check=True)
        assert rows(warehouse) == [(1,), (2,)]


def test_who_waits_during_a_writing_comes_next(warehouse: Warehouse) -> None:
    """The file is not kept for oneself where somebody waits already: the other one's row is there a writing later."""
    with kept_open(warehouse.home, LONG_S):
        with warehouse.writer("make") as con:
            con.execute("create table kept as select 1 as a")
            other = subprocess.Popen([sys.executable, "-c", WRITES, str(warehouse.home.root)])
            eventually(lambda: len(tickets(warehouse.home)) == 2)
        assert rows(warehouse) == [(1,), (2,)]
        assert other.wait() == 0


def test_it_is_closed_when_nobody_uses_it(warehouse: Warehouse) -> None:
    """While a model is taught, say, a program that knows no queue can open the file."""
    with kept_open(warehouse.home):
        with warehouse.writer("make") as con:
            con.execute("create table kept as select 1 as a")
        eventually(lambda: not tickets(warehouse.home))
        program = "import sys, duckdb; print(duckdb.connect(sys.argv[1]).execute('select a from kept').fetchone())"
        words = [sys.executable, "-c", program, str(warehouse.home.warehouse_file)]
        assert subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip() == "(1,)"
        assert rows(warehouse) == [(1,)]


def test_a_process_killed_while_it_keeps_the_file_loses_nothing(warehouse: Warehouse) -> None:
    """After kill -9 the next writer gets in at once and finds what was written."""
    with subprocess.Popen([sys.executable, "-c", STAYS, str(warehouse.home.root)], stdout=subprocess.PIPE) as doomed:
        assert doomed.stdout is not None
        assert doomed.stdout.readline() == b"written\n"
        doomed.kill()
    assert rows(warehouse) == [(1,)]


def test_a_writer_that_failed_leaves_nothing_open(warehouse: Warehouse) -> None:
    """After an error the file is closed, and the next writer opens it again."""
    with kept_open(warehouse.home, LONG_S):
        with pytest.raises(duckdb.CatalogException), warehouse.writer("fails") as con:
            con.execute("create table kept as select 1 as a; select * from missing")
        assert tickets(warehouse.home) == []
        assert rows(warehouse) == [(1,)]


def test_a_writer_with_other_limits_gets_them(warehouse: Warehouse) -> None:
    """What was opened with other settings is closed first."""
    other = Warehouse(warehouse.home, memory_limit="100MB", threads=1)
    with kept_open(warehouse.home, LONG_S):
        for one, threads in ((warehouse, 2), (other, 1)):
            with one.writer("look") as con:
                assert con.execute("select current_setting('threads')").fetchall() == [(threads,)]


def test_writing_inside_writing_is_still_refused(warehouse: Warehouse) -> None:
    """A second writer in the same thread is told to pass the open connection on, also in a turn that goes on."""
    with kept_open(warehouse.home, LONG_S):
        for _ in range(2):
            with warehouse.writer("outer"), pytest.raises(LockMisuse), warehouse.writer("inner"):
                pass


def test_threads_write_one_after_the_other(warehouse: Warehouse) -> None:
    """Four threads that add eight times each come to 32, whoever finds the file open."""
    with kept_open(warehouse.home, LONG_S):
        with warehouse.writer("make") as con:
            con.execute("create table kept as select 0 as a")

        def add() -> None:
            for _ in range(8):
                with warehouse.writer("add") as con:
                    con.execute("update kept set a = a + 1")

        threads = [threading.Thread(target=add) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert rows(warehouse) == [(32,)]


def test_a_fork_finds_the_file_closed(warehouse: Warehouse) -> None:
    """A process that was forked between two writings writes for itself, and the parent finds its row."""
    with kept_open(warehouse.home, LONG_S):
        with warehouse.writer("make") as con:
            con.execute("create table kept as select 1 as a")
        child = os.fork()
        if child == 0:
            status = 1
            try:
                with warehouse.writer("child") as con:
                    con.execute("insert into kept values (2)")
                status = 0
            finally:
                os._exit(status)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert rows(warehouse) == [(1,), (2,)]


def test_it_is_kept_as_long_as_one_of_two_wants_it(warehouse: Warehouse) -> None:
    """The end of an inner `kept_open` of the same HOME does not end the outer one."""
    with kept_open(warehouse.home, LONG_S):
        with kept_open(warehouse.home), warehouse.writer("make"):
            pass
        with warehouse.writer("again"):
            (ticket,) = tickets(warehouse.home)
        with warehouse.writer("and again"):
            assert tickets(warehouse.home) == [ticket]
    assert tickets(warehouse.home) == []
