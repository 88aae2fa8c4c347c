"""Files are whole or absent; a directory's lock dies with its process."""

import os
import signal
import threading
from pathlib import Path

from tests.warehouse.conftest import killed_before
from warehouse.files import copy_whole, directory_lock, is_held, remove_parts, try_flock, write_whole


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    """Killed before any file operation, the old or the new content is there, never a part of it."""
    target = tmp_path / "target"
    outcomes = set()
    was_killed, step = True, 0
    while was_killed:
        step += 1
        target.write_bytes(b"old")
        was_killed = killed_before(step, lambda: write_whole(target, b"new" * 1000))
        outcomes.add(target.read_bytes())
    assert outcomes == {b"old", b"new" * 1000}
    assert remove_parts(tmp_path) > 0
    assert list(tmp_path.iterdir()) == [target]


def test_a_copy_is_the_original(tmp_path: Path) -> None:
    """Byte for byte; the original stays."""
    (tmp_path / "a").write_bytes(b"\x00\xff" * 1000)
    copy_whole(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "b").read_bytes() == (tmp_path / "a").read_bytes()


def test_only_our_own_unfinished_files_are_removed(tmp_path: Path) -> None:
    """Other hidden files, and files that merely end alike, stay."""
    for name in (".a.1234.part", ".keep", "b.part"):
        (tmp_path / name).touch()
    assert remove_parts(tmp_path) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == [".keep", "b.part"]


def test_a_directory_is_worked_in_by_one_at_a_time(tmp_path: Path) -> None:
    """A second thread enters only after the first has left."""
    order: list[str] = []

    def second() -> None:
        with directory_lock(tmp_path):
            order.append("second")

    with directory_lock(tmp_path):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(timeout=0.2)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_a_killed_process_frees_its_directory(tmp_path: Path) -> None:
    """SIGKILL while holding the lock leaves it free."""
    ready, told = os.pipe()
    child = os.fork()
    if child == 0:
        with directory_lock(tmp_path):
            os.write(told, b"x")
            signal.pause()
        os._exit(0)
    os.read(ready, 1)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with directory_lock(tmp_path):
        assert (tmp_path / ".lock").exists()


def test_whether_a_file_is_held_is_seen_by_who_may_only_read(tmp_path: Path) -> None:
    """Held while its lock is; free afterwards; what does not exist, or lies under a file, nobody holds."""
    file = tmp_path / "lock"
    file.touch(mode=0o444)
    assert not is_held(file)
    handle = os.open(file, os.O_RDONLY)
    assert try_flock(handle)
    assert is_held(file)
    os.close(handle)
    assert not is_held(file)
    assert not is_held(tmp_path / "none")
    assert not is_held(file / "below")
