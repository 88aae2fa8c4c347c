"""How payloads come into the landing: from files beside it, or from another HOME.

The one rule: a file is taken over byte for byte, except that files about people come without those who asked
to be forgotten.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Protocol

from warehouse.errors import LandingError
from warehouse.files import copy_whole, directory_lock, part_path
from warehouse.home import Home
from warehouse.payloads import (
    EXTENSIONS,
    MANIFEST,
    LandedFile,
    clean,
    landed_files,
    landed_of_part,
    landed_streams,
    measure,
    payload_name,
    stream_directory,
    utc,
    verify,
    write_manifest,
)
from warehouse.redaction import rows_about, write_without
from warehouse.tombstones import PERSONAL_STREAMS, forgotten

#: Added to the origin of a landed file from which users were left out.
WITHOUT = " (without forgotten users)"


class Content(Protocol):
    """What is needed of a landed file, or of one that would be landed, to tell whether another says anything new."""

    @property
    def sha256(self) -> str:
        """The hash of its bytes."""

    @property
    def captured_at(self) -> datetime:
        """When it was read at the source; the landing time when nobody knows."""

    @property
    def landed_at(self) -> datetime:
        """When it was landed."""


def land_file(
    home: Home,
    source: str,
    stream: str,
    file: Path,
    captured_at: datetime | None,
    *,
    origin: str | None = None,
    landed_at: datetime | None = None,
    partition: str | None = None,
) -> LandedFile | None:
    """The landed copy of the file, or None when there is nothing new to land.

    Nothing is new when the landed file that was captured last before this one has the same content (the
    source had not changed), or when this very content was landed as captured at this very time. An undated
    file is nothing new either when it equals the newest landed file or the last undated one. So the same
    directory landed twice adds nothing, and A, B, A from one source lands three times. A part of a stream is
    compared with files of the same part alone.

    A file of a personal stream lands without users who were forgotten, and is compared without them.

    Args:
        home: where to land it.
        source: the source it comes from.
        stream: what it holds.
        file: a whole file of one of the EXTENSIONS; it is copied byte for byte and stays where it is.
        captured_at: when its content was read at the source; None for an undated file = the landing time.
        origin: where it came from; default is the file's name.
        landed_at: the landing time; default is now.
        partition: which part of the stream the file is, e.g. the month 2024-04; None for whole lists and catalogues.

    Raises:
        LandingError: when the file cannot be read or is of another kind, or a manifest is broken.
    """
    extension = _extension(file)
    directory = stream_directory(home, source, stream)
    with directory_lock(directory):
        clean(directory)
        earlier = landed_of_part(home, source, stream, partition)
        landed_at = utc(landed_at or datetime.now(UTC))
        captured_at = utc(captured_at or landed_at)
        with _without_forgotten(home, source, stream, file, directory) as content:
            sha256, size = measure(content)
            name = payload_name(captured_at, sha256, partition, extension)
            path = str(PurePosixPath(source, stream, name))
            known = is_known(earlier, sha256, captured_at, captured_at == landed_at)
            if known or any(one.path == path for one in earlier):
                return None
            came_from = (file.name if origin is None else origin) + ("" if content is file else WITHOUT)
            landed = LandedFile(source, stream, path, sha256, size, captured_at, landed_at, came_from, partition)
            put_beside_manifest(home, content, landed)
    return landed


def digest_to_land(home: Home, source: str, stream: str, file: Path) -> str:
    """The sha256 with which a file would land: its own, unless users in it were forgotten.

    Raises:
        LandingError: when the file cannot be read.
    """
    directory = stream_directory(home, source, stream)
    if stream not in PERSONAL_STREAMS or not forgotten(home, source):
        return measure(file)[0]
    with directory_lock(directory), _without_forgotten(home, source, stream, file, directory) as content:
        return measure(content)[0]


def put_beside_manifest(home: Home, content: Path, landed: LandedFile) -> None:
    """Copy the content to where the landed file lies, then write the manifest that makes it count.

    Raises:
        LandingError: when the content is not, or not any more, what the manifest says.
    """
    target = landed.file(home)
    copy_whole(content, target)
    if measure(target) != (landed.sha256, landed.bytes):
        target.unlink()
        raise LandingError(f"{content} changed while it was copied; land it again when nobody writes it")
    write_manifest(target.with_name(f"{target.name}{MANIFEST}"), landed)


def adopt_payloads(home: Home, other: Home) -> int:
    """Take over every landed payload of another HOME, manifests and all; returns how many were new.

    Crawls that are still open there are left to it. Files about people come without whom this HOME forgot.

    Raises:
        LandingError: when the other HOME's landing is broken.
    """
    taken = 0
    for source, stream in landed_streams(other):
        directory = stream_directory(home, source, stream)
        with directory_lock(directory):
            clean(directory)
            present = {one.path for one in landed_files(home, source, stream)}
            for landed in landed_files(other, source, stream):
                if landed.path in present:
                    continue
                verify(other, landed)
                with _without_forgotten(home, source, stream, landed.file(other), directory) as content:
                    is_whole = content == landed.file(other)
                    ours = landed if is_whole else renamed(landed, *measure(content))
                    if ours.path not in present:
                        put_beside_manifest(home, content, ours)
                        taken += 1
    return taken


def renamed(landed: LandedFile, sha256: str, size: int) -> LandedFile:
    """What becomes of a landed file once users were left out: its times stay, its hash and name are new."""
    time, _, rest = PurePosixPath(landed.path).name.partition("-")
    name = f"{time}-{sha256[:12]}{rest[12:]}"
    origin = landed.origin.removesuffix(WITHOUT) + WITHOUT
    path = str(PurePosixPath(landed.path).with_name(name))
    return replace(landed, path=path, sha256=sha256, bytes=size, origin=origin)


@contextmanager
def _without_forgotten(home: Home, source: str, stream: str, file: Path, directory: Path) -> Iterator[Path]:
    """The file itself, or, where it speaks of forgotten users, a copy without them that lasts as long as this."""
    gone = forgotten(home, source) if stream in PERSONAL_STREAMS else None
    if not gone or not rows_about(file, source, gone):
        yield file
        return
    part = part_path(directory / file.name)
    try:
        write_without(file, part, source, gone)
        yield part
    finally:
        part.unlink(missing_ok=True)


def is_known(earlier: Sequence[Content], sha256: str, captured_at: datetime, is_undated: bool) -> bool:
    """Whether this content says nothing that the landed files of its part (oldest first) do not say already."""
    before = [one for one in earlier if one.captured_at <= captured_at]
    lists: list[Sequence[Content]] = [before]
    if is_undated:
        lists += [earlier, [one for one in earlier if one.captured_at == one.landed_at]]
    return any(one[-1].sha256 == sha256 for one in lists if one)


def _extension(file: Path) -> str:
    """The extension under which a payload file lands."""
    for extension in EXTENSIONS:
        if file.name.endswith(extension):
            return extension
    raise LandingError(f"{file}: only {' and '.join(EXTENSIONS)} files can be landed")
