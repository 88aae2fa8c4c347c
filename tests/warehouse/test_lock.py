"""The writers' queue, tried with real processes."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.warehouse.waiting import eventually
from warehouse.errors import LockMisuse, LockTimeout
from warehouse.home import Home
from warehouse.lock import WriterLock, queue

WORKER = """
import sys, time
from pathlib import Path
from warehouse.home import Home
from warehouse.lock import WriterLock
root, name, held_s = Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])
with WriterLock(Home(root), name, 60):
    log = (root / "log").open("a", buffering=1)
    log.write(f"{name} in\\n")
    time.sleep(held_s)
    log.write(f"{name} out\\n")
"""


@contextmanager
def worker(home: Home, name: str, held_s: float = 0.0) -> Iterator[subprocess.Popen[bytes]]:
    """A process that queues for the lock; it is killed at the end if it still runs."""
    process = subprocess.Popen([sys.executable, "-c", WORKER, str(home.root), name, str(held_s)])
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def tickets(home: Home) -> int:
    """How many tickets are in the queue."""
    return len(list(home.lock_dir.glob("*.ticket")))


def log(home: Home) -> list[str]:
    """What the workers have written."""
    path = home.root / "log"
    return path.read_text().splitlines() if path.exists() else []


def test_processes_write_one_after_the_other_in_the_order_of_asking(home: Home) -> None:
    """Three processes that ask one after the other are served in that order and never overlap."""
    holder = ExitStack()
    holder.enter_context(WriterLock(home, "first"))
    with holder, worker(home, "a") as a:
        eventually(lambda: tickets(home) == 2)
        with worker(home, "b") as b:
            eventually(lambda: tickets(home) == 3)
            with worker(home, "c") as c:
                eventually(lambda: tickets(home) == 4)
                assert log(home) == []
                holder.close()
                assert [a.wait(), b.wait(), c.wait()] == [0, 0, 0]
    assert log(home) == ["a in", "a out", "b in", "b out", "c in", "c out"]


def test_a_killed_holder_blocks_nobody(home: Home) -> None:
    """The lock of a process that dies by SIGKILL is free at once, and its ticket is swept away."""
    with worker(home, "doomed", held_s=600) as doomed:
        eventually(lambda: log(home) == ["doomed in"])
        doomed.send_signal(signal.SIGKILL)
        doomed.wait()
        assert tickets(home) == 1
        with WriterLock(home, "next", timeout_s=20):
            assert tickets(home) == 1
    assert tickets(home) == 0


def test_a_killed_waiter_blocks_nobody(home: Home) -> None:
    """A process killed while it waits is skipped by those behind it."""
    holder = ExitStack()
    holder.enter_context(WriterLock(home, "holder"))
    with holder, worker(home, "doomed") as doomed:
        eventually(lambda: tickets(home) == 2)
        with worker(home, "behind") as behind:
            eventually(lambda: tickets(home) == 3)
            doomed.send_signal(signal.SIGKILL)
            doomed.wait()
            holder.close()
            assert behind.wait() == 0
    assert log(home) == ["behind in", "behind out"]


def test_the_same_thread_asking_twice_is_told_so_at_once(home: Home) -> None:
    """Waiting for oneself raises LockMisuse naming both purposes, and the outer lock still stands."""
    with WriterLock(home, "outer"):
        with pytest.raises(LockMisuse, match=r"'inner'.*'outer'"), WriterLock(home, "inner"):
            pass
        assert tickets(home) == 1
    with WriterLock(home, "later", timeout_s=5):
        pass


def test_another_thread_waits_and_is_told_for_whom(home: Home) -> None:
    """A second thread waits its turn; on_wait hears the seconds and the holder's purpose and process."""
    heard: list[tuple[float, str]] = []
    entered = threading.Event()

    def second() -> None:
        with WriterLock(home, "second", on_wait=lambda seconds, holder: heard.append((seconds, holder))):
            entered.set()

    with WriterLock(home, "building dim_anime"):
        thread = threading.Thread(target=second)
        thread.start()
        eventually(lambda: bool(heard))
        assert not entered.is_set()
    thread.join()
    assert entered.is_set()
    seconds, holder = heard[0]
    assert seconds > 0
    assert "'building dim_anime'" in holder
    assert f"process {os.getpid()} on" in holder


def test_giving_up_says_who_holds_the_lock_and_what_to_do(home: Home) -> None:
    """The time-out names asker, holder, since when, and that no file needs deleting; its ticket goes."""
    with worker(home, "slow build", held_s=600) as slow:
        eventually(lambda: log(home) == ["slow build in"])
        with pytest.raises(LockTimeout) as caught, WriterLock(home, "impatient", timeout_s=0.2):
            pass
        assert tickets(home) == 1
    message = str(caught.value)
    for part in (
        "'impatient'",
        "'slow build'",
        f"process {slow.pid}",
        "since 20",
        "no file needs to be deleted",
        "OSUSUME_LOCK_TIMEOUT",
    ):
        assert part in message


def test_the_queue_can_be_looked_at(home: Home) -> None:
    """The holder first, then the waiting in turn; the dead are left out; nobody is an empty list."""
    assert queue(home) == []
    with WriterLock(home, "holder"), worker(home, "waiter"):
        eventually(lambda: tickets(home) == 2)
        leave_dead_ticket(home.lock_dir, 7)
        holder, waiter = queue(home)
    assert holder.startswith("'holder' (process")
    assert "writes since" in holder
    assert "'waiter'" in waiter


def test_an_exception_inside_frees_the_lock(home: Home) -> None:
    """Leaving by an exception gives the ticket back."""
    with pytest.raises(ZeroDivisionError), WriterLock(home, "fails"):
        _ = 1 / 0
    with WriterLock(home, "next", timeout_s=5):
        assert tickets(home) == 1


def test_a_forked_child_does_not_keep_its_parents_lock(home: Home) -> None:
    """After the holder lets go, a child forked meanwhile and still alive holds nobody up."""
    with WriterLock(home, "parent"):
        child = os.fork()
        if child == 0:
            time.sleep(600)
            os._exit(0)
    try:
        with WriterLock(home, "next", timeout_s=5):
            assert tickets(home) == 1
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def test_a_child_forked_by_a_killed_holder_does_not_keep_the_lock(home: Home) -> None:
    """Even when the holder dies by SIGKILL, its surviving forked child holds nobody up."""
    script = "import os\n" + WORKER.replace(
        "time.sleep(held_s)", "child = os.fork()\n    child and print(child, flush=True)\n    time.sleep(600)"
    )
    holder = subprocess.Popen([sys.executable, "-c", script, str(home.root), "forker", "0"], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    child = int(holder.stdout.readline())
    try:
        holder.kill()
        holder.wait()
        with WriterLock(home, "next", timeout_s=10):
            assert tickets(home) == 1
    finally:
        os.kill(child, signal.SIGKILL)


def test_a_process_forked_inside_a_writer_may_not_write(home: Home) -> None:
    """It shares its parent's open database, and two of them would spoil the file: it is told so, at once."""
    with WriterLock(home, "parent"):
        child = os.fork()
        if child == 0:
            try:
                with WriterLock(home, "child", timeout_s=0):
                    os._exit(1)
            except LockMisuse as problem:
                os._exit(0 if "forked while its parent had the warehouse open" in str(problem) else 2)
            except BaseException:  # noqa: BLE001 - a forked child must not run on into pytest
                os._exit(3)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    with WriterLock(home, "parent again", timeout_s=5):
        pass


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fates=st.lists(st.booleans(), min_size=1, max_size=5))
def test_the_living_are_served_in_order_whoever_died_between_them(
    tmp_path_factory: pytest.TempPathFactory, fates: list[bool]
) -> None:
    """For any mixture of living and dead waiters the living ones get the lock in the order of asking."""
    home = Home(tmp_path_factory.mktemp("queue"))
    served: list[int] = []
    threads: list[threading.Thread] = []

    def ask(number: int) -> None:
        with WriterLock(home, f"waiter {number}", timeout_s=60):
            served.append(number)

    with WriterLock(home, "holder"):
        for number, lives in enumerate(fates):
            if lives:
                threads.append(threading.Thread(target=ask, args=(number,)))
                threads[-1].start()
            else:
                leave_dead_ticket(home.lock_dir, number)
            eventually(lambda expected=number + 2: tickets(home) == expected)
    for thread in threads:
        thread.join()
    assert served == [number for number, lives in enumerate(fates) if lives]
    assert tickets(home) == 0 or fates[-1] is False


def leave_dead_ticket(directory: Path, number: int) -> None:
    """What a waiter killed in the queue leaves behind: a ticket that nobody has locked."""
    highest = max(int(ticket.name.partition("-")[0]) for ticket in directory.glob("*.ticket"))
    (directory / f"{highest + 1:09d}-{number:08x}.ticket").write_text("{}")
