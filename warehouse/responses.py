"""The log of one live crawl: replies are appended as they come, and the whole is sealed into a landed file.

The one rule: what was appended survives a kill, and nothing is loaded before the crawl has come to its end.
While it is open the file has a hidden name; at most one crawl of a stream, or of a partition of it, is open, and
one process at it. What is left open of one is no business of the others.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any, Self

from warehouse.errors import LandingError
from warehouse.files import copy_whole, directory_lock, sync_directory, try_flock, write_whole
from warehouse.home import Home
from warehouse.payloads import MANIFEST, LandedFile, clean, measure, segment, stream_directory, utc, write_manifest
from warehouse.segments import SEGMENT_EXTENSION, Line, line_text, member, parse_line, read_segment, whole_members

#: Follows the name of a segment that is still open; a dot goes before it.
OPEN_SUFFIX = ".open"
_LOCK = ".crawl-lock"
#: Comes before the name of the partition in the name of an open segment.
_PARTITION = "@"


@contextmanager
def open_log(home: Home, source: str, stream: str, partition: str | None = None) -> Iterator["ResponseLog"]:
    """The log of one stream, or of a partition of it, for this process alone, with what an interrupted crawl left.

    A line that a kill cut off is removed, and a sealing that a kill interrupted is finished. Leaving without
    `seal` keeps the crawl open.

    Raises:
        LandingError: when another run is crawling the same, or what was left cannot be read.
    """
    directory = stream_directory(home, source, stream)
    ending = "" if partition is None else f"{_PARTITION}{segment(partition, 'partition')}"
    directory.mkdir(parents=True, exist_ok=True)
    # Landing and loading use the folder's other lock, so that a crawl of hours does not keep them waiting.
    handle = os.open(directory / f"{_LOCK}{ending}", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if not try_flock(handle):
            raise LandingError(
                f"another run is crawling {source} {stream}{ending} into {home.root}, or takes a user out of it. "
                "Wait until it is done, or end it: the next run goes on where it stopped"
            )
        with ResponseLog(home, source, stream, ending) as log:
            yield log
    finally:
        os.close(handle)


def is_crawl_open(home: Home, source: str, stream: str) -> bool:
    """Whether a crawl of a stream (not of a partition of it) is open: it was interrupted, or another run is at it."""
    return bool(_open_segments(stream_directory(home, source, stream), ""))


class ResponseLog:
    """One stream's log; only `open_log` makes it."""

    def __init__(self, home: Home, source: str, stream: str, ending: str = "") -> None:
        self._home, self._source, self._stream, self._ending = home, source, stream, ending
        self._directory = stream_directory(home, source, stream)
        self._file: Path | None = None
        self._header: Mapping[str, Any] | None = None
        self._handle = -1
        self._size = 0

    def __enter__(self) -> Self:
        with directory_lock(self._directory):
            clean(self._directory)
            self._take_up()
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    @property
    def unfinished(self) -> Line | None:
        """The first line of the crawl that is open; None where there is none."""
        return self._header

    @property
    def file(self) -> Path | None:
        """The open segment; None where no crawl is open."""
        return self._file

    def begin(self, header: Line) -> None:
        """Start a crawl with its first line, which must say `started_at`.

        Raises:
            LandingError: when a crawl is open already, or the line cannot be kept.
        """
        if self._file is not None:
            raise LandingError(f"{self._file} is still open; a crawl of {self._name} ends before the next begins")
        started = _moment(header, "started_at")
        digest = sha256(line_text(header).encode()).hexdigest()
        file = (
            self._directory / f".{started:%Y%m%dT%H%M%SZ}-{digest[:12]}{self._ending}{SEGMENT_EXTENSION}{OPEN_SUFFIX}"
        )
        with directory_lock(self._directory):
            write_whole(file, member(header))
        self._use(file, dict(header))

    def responses(self) -> Iterator[Line]:
        """The responses kept up to this call, in order, one at a time.

        Raises:
            LandingError: when no crawl is open, or the file was changed by somebody else.
        """
        lines = read_segment(self._open_file(), self._size)
        return (line for _, line in lines if line["kind"] == "response")

    def append(self, line: Line) -> None:
        """Keep one line; it is on the disk when this returns.

        Raises:
            LandingError: when no crawl is open, or the line cannot be written; what was kept before still is.
        """
        file = self._open_file()
        content = member(line)
        try:
            written = 0
            while written < len(content):
                written += os.write(self._handle, content[written:])
            os.fsync(self._handle)
        except OSError as problem:
            with suppress(OSError):
                os.ftruncate(self._handle, self._size)
            raise LandingError(f"{file} cannot be written: {problem.strerror or problem}") from problem
        self._size += len(content)

    def seal(self, end: Line) -> LandedFile:
        """End the crawl with its last line, which must say `ended_at`; the segment is a landed file then.

        Raises:
            LandingError: when no crawl is open, or the line cannot be written.
        """
        _moment(end, "ended_at")
        self.append(dict(end) | {"kind": "end"})
        with directory_lock(self._directory):
            return self._finish(end)

    @property
    def _name(self) -> str:
        return f"{self._source} {self._stream}{self._ending}"

    def _open_file(self) -> Path:
        """The open segment."""
        if self._file is None:
            raise LandingError(f"no crawl of {self._name} is open; begin one first")
        return self._file

    def _take_up(self) -> None:
        """Find what an interrupted crawl left, whole up to its last line."""
        found = _open_segments(self._directory, self._ending)
        if len(found) > 1:
            names = ", ".join(file.name for file in found)
            raise LandingError(f"{self._directory} holds several open crawls ({names}); move all but one elsewhere")
        if not found:
            return
        (file,) = found
        header, last = _heal(file)
        if header is None:
            # Not even the plan was written: nothing was asked yet.
            file.unlink()
            return
        self._use(file, header)
        if last["kind"] == "end":
            self._finish(last)

    def _use(self, file: Path, header: Mapping[str, Any]) -> None:
        """Go on with an open segment."""
        self._handle = os.open(file, os.O_WRONLY | os.O_APPEND)
        self._size = os.fstat(self._handle).st_size
        self._file, self._header = file, header

    def _finish(self, end: Line) -> LandedFile:
        """Turn the open segment, which has its last line, into a landed file; each step may be the last one."""
        file, header = self._open_file(), self._header or {}
        digest, size = measure(file)
        name = f"{file.name[1:17]}-{digest[:12]}{SEGMENT_EXTENSION}"
        path = str(PurePosixPath(self._source, self._stream, name))
        started, ended = _moment(header, "started_at"), _moment(end, "ended_at")
        origin = f"crawl of {header.get('base_url', self._source)}"
        origin += f", partition {self._ending.removeprefix(_PARTITION)}" if self._ending else ""
        landed = LandedFile(self._source, self._stream, path, digest, size, started, ended, origin)
        target = landed.file(self._home)
        try:
            # Where a killed sealing got as far as this, the name is there, and holds the hash of the content.
            with suppress(FileExistsError):
                target.hardlink_to(file)
        except OSError:
            # A file system without hard links: the same content twice, for a moment, is the price.
            copy_whole(file, target)
        sync_directory(self._directory)
        write_manifest(target.with_name(f"{name}{MANIFEST}"), landed)
        file.unlink()
        sync_directory(self._directory)
        self._close()
        return landed

    def _close(self) -> None:
        """Let go of the open segment, which stays as it is."""
        if self._handle >= 0:
            os.close(self._handle)
        self._handle, self._file, self._header = -1, None, None


def _open_segments(directory: Path, ending: str) -> list[Path]:
    """The open segments of a stream, or of the partition that their names end with."""
    found = sorted(directory.glob(f".*{ending}{SEGMENT_EXTENSION}{OPEN_SUFFIX}"))
    return [file for file in found if ending or _PARTITION not in file.name]


def _heal(file: Path) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    """Cut off what a kill left half written; returns the first line, None when none is whole, and the last."""
    first = last = b""
    whole = number = 0
    for end, content in whole_members(file):
        first, last = first or content, content
        whole, number = end, number + 1
    if whole != file.stat().st_size:
        with file.open("rb+") as opened:
            opened.truncate(whole)
            os.fsync(opened.fileno())
    if not first:
        return None, {}
    header = parse_line(file, 1, first)
    if header["kind"] != "crawl":
        raise LandingError(f"{file}:1: an open crawl must begin with its plan; move the file elsewhere")
    return header, parse_line(file, number, last)


def _moment(line: Line, name: str) -> datetime:
    """A time that a line states, in UTC.

    Raises:
        LandingError: when it does not.
    """
    try:
        return utc(datetime.fromisoformat(line[name]))
    except (KeyError, TypeError, ValueError) as problem:
        raise LandingError(
            f"a crawl's line of kind {line.get('kind')!r} has no usable {name}: {problem!r}"
        ) from problem
