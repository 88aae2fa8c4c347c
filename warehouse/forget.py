"""Taking a user out of everything that was landed, for good, at whatever moment it is interrupted.

The one rule: the tombstone comes first. From then on nothing that is landed or loaded brings the user back, and
doing the same again finishes what a kill left.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from warehouse.files import directory_lock, part_path, put_in_place, sync_directory
from warehouse.home import Home
from warehouse.intake import renamed
from warehouse.payloads import MANIFEST, LandedFile, clean, landed_files, measure, verify, write_manifest
from warehouse.redaction import IsGone, rows_about, write_without
from warehouse.responses import ResponseLog, open_log
from warehouse.tombstones import PERSONAL_STREAMS, bury, forgotten, is_forgotten, speaking_of_users

__all__ = ["ForgetReport", "forget", "is_forgotten"]

#: A salted hash, which names nobody and may be noted whether it was ever seen or not.
_HASH = re.compile(r"[0-9a-f]{20,64}")


@dataclass(frozen=True)
class ForgetReport:
    """What forgetting a user changed in the landing.

    Attributes:
        files: the rewritten files by their new paths, relative to HOME/landing; an open crawl keeps its name.
        rows: how many lines, responses, reviews and mentions in plans went.
    """

    files: tuple[str, ...] = ()
    rows: int = 0


def forget(
    home: Home, source: str, subject: str, names: Iterable[str] = (), at: datetime | None = None
) -> ForgetReport:
    """Take a user out of every landed file of personal streams, crawls that are still open included.

    A rewritten file keeps its times and gets a new hash, and a name that goes with it; the warehouse follows at
    the next load, or at once by `warehouse.purge.purge`. Called again, it finds nothing left to do.

    Args:
        home: whose landing.
        source: whose user; Jikan's are MyAnimeList's.
        subject: how the user is called in what was landed live: the salted hash, or the name.
        names: further ways to call the user: the plain name, as recordings have it, or another source's hash.
        at: when it was asked for; default is now.

    Raises:
        LandingError: when a crawl of such a stream is running, or a landed file is broken.
    """
    identities = {one.strip() for one in (subject, *names)} - {""}
    streams = [
        (speaker, stream)
        for speaker in speaking_of_users(source)
        for stream in PERSONAL_STREAMS
        if home.stream(speaker, stream).is_dir()
    ]
    with ExitStack() as stack:
        # Every crawl is kept out before anything changes, and what a killed one left is made whole.
        logs = {one: stack.enter_context(open_log(home, *one)) for one in streams}
        noted = {one for one in identities if one == subject.strip() or _HASH.fullmatch(one)}
        noted |= _standing(home, logs, identities - noted)
        bury(home, source, noted, at or datetime.now(UTC))
        changed = [one for (speaker, stream), log in logs.items() for one in _rewrite(home, speaker, stream, log)]
    return ForgetReport(tuple(path for path, _ in changed), sum(rows for _, rows in changed))


def _standing(home: Home, logs: dict[tuple[str, str], ResponseLog], names: set[str]) -> set[str]:
    """Those of the names that are in the landing: a name that never was is not noted, not even as a hash."""
    found: set[str] = set()

    def seek(identity: str) -> bool:
        if identity in names:
            found.add(identity)
        return False

    if names:
        for (source, stream), log in logs.items():
            with directory_lock(home.stream(source, stream)):
                for file in [one.file(home) for one in landed_files(home, source, stream)] + _open_file(log):
                    rows_about(file, source, seek)
    return found


def _rewrite(home: Home, source: str, stream: str, log: ResponseLog) -> Iterator[tuple[str, int]]:
    """Rewrite the files of one stream that mention a forgotten user; gives each one's path and rows that went."""
    is_gone = forgotten(home, source)
    directory = home.stream(source, stream)
    with directory_lock(directory):
        clean(directory)
        for landed in landed_files(home, source, stream):
            rows = rows_about(landed.file(home), source, is_gone)
            if rows:
                yield _replace(home, landed, is_gone).path, rows
        for file in _open_file(log):
            rows = rows_about(file, source, is_gone)
            if rows:
                part = part_path(file)
                write_without(file, part, source, is_gone)
                put_in_place(part, file)
                yield file.relative_to(home.landing).as_posix(), rows


def _replace(home: Home, landed: LandedFile, is_gone: IsGone) -> LandedFile:
    """Put the landed file without these users in its place.

    The new one is whole before the old one goes. A kill in between leaves both; the next time the old one is
    rewritten to the same bytes under the same name again, and then goes.
    """
    verify(home, landed)
    old = landed.file(home)
    part = part_path(old)
    write_without(old, part, landed.source, is_gone)
    new = renamed(landed, *measure(part))
    target = new.file(home)
    put_in_place(part, target)
    write_manifest(target.with_name(f"{target.name}{MANIFEST}"), new)
    old.with_name(f"{old.name}{MANIFEST}").unlink()
    sync_directory(old.parent)
    old.unlink()
    sync_directory(old.parent)
    return new


def _open_file(log: ResponseLog) -> list[Path]:
    """The segment of the crawl that is open, if one is."""
    return [] if log.file is None else [log.file]
