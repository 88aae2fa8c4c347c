"""Files that are either whole or absent, and a lock that dies with its process.

Everything here holds under `kill -9`: data is written to a `.part` file, flushed to the disk and put in
place by one rename; locks are kernel locks (`flock`), which vanish with the process that held them.
"""

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PART_SUFFIX = ".part"


def part_path(target: Path) -> Path:
    """A fresh name beside the target for a file that is still being written."""
    return target.with_name(f".{target.name}.{secrets.token_hex(4)}{PART_SUFFIX}")


def sync_directory(directory: Path) -> None:
    """Make renames in the directory lasting, as `fsync` of a file does for its content."""
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_file(path: Path) -> None:
    """Wait until the file's content is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def put_in_place(part: Path, target: Path) -> None:
    """Turn a finished part file into the target, whole and lasting."""
    sync_file(part)
    part.replace(target)
    sync_directory(target.parent)


def write_whole(target: Path, content: bytes) -> None:
    """Write the target so that it holds either its old or its complete new content."""
    part = part_path(target)
    part.write_bytes(content)
    put_in_place(part, target)


def copy_whole(source: Path, target: Path) -> None:
    """Copy the source byte for byte so that the target is either absent (or old) or complete."""
    part = part_path(target)
    shutil.copyfile(source, part)
    put_in_place(part, target)


def remove_parts(directory: Path) -> int:
    """Remove what killed writers left unfinished; returns how many files went.

    Only call it while holding the directory's lock: a live writer's part file looks the same.
    """
    leftovers = sorted(directory.glob(f".*{PART_SUFFIX}"))
    for leftover in leftovers:
        leftover.unlink(missing_ok=True)
    return len(leftovers)


def try_flock(handle: int) -> bool:
    """Take the exclusive kernel lock of an open file without waiting; False when another has it."""
    with suppress(BlockingIOError):
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False


def is_held(path: Path) -> bool:
    """Whether a living process has the kernel lock of a file; False where there is no such file.

    It is opened to be read: that is enough for a kernel lock, and whoever only asks may not be allowed to write.
    """
    try:
        handle = os.open(path, os.O_RDONLY)
    except (FileNotFoundError, NotADirectoryError):
        return False
    try:
        return not try_flock(handle)
    finally:
        os.close(handle)


@contextmanager
def directory_lock(directory: Path) -> Iterator[None]:
    """Keep every other process (and thread) out of the directory for a short local piece of work.

    It waits as long as it takes: the work it guards copies or appends a local file, and a killed holder's
    lock is freed by the kernel.
    """
    directory.mkdir(parents=True, exist_ok=True)
    handle = os.open(directory / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
