"""IMDb's daily files: titles, ratings and other titles, each one large gzipped table.

The one rule: a file is handed over whole or not at all. It was read to its end, begins with the columns that it
must have, and has not shrunk to a fraction of the one before.

Information courtesy of IMDb (https://www.imdb.com). Used with permission. For personal and non-commercial use.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import formatdate
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote, urlsplit

from adapters.asking import Heard, ask
from adapters.base import Json, Manners, Reply, Request, Source
from adapters.downloading import FileSession, OnBytes, Part, Validators
from adapters.errors import Garbled, Misunderstood, NotFound, Outage, RecordingError, Throttled, Unavailable
from adapters.gzipped import read_to_end

NAME = "imdb"
BASE_URL = "https://datasets.imdbws.com"
#: The files, and their columns in order.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "title.basics": (
        "tconst",
        "titleType",
        "primaryTitle",
        "originalTitle",
        "isAdult",
        "startYear",
        "endYear",
        "runtimeMinutes",
        "genres",
    ),
    "title.ratings": ("tconst", "averageRating", "numVotes"),
    "title.akas": (
        "titleId",
        "ordering",
        "title",
        "region",
        "language",
        "types",
        "attributes",
        "isOriginalTitle",
    ),
}
FILES = ("title.basics", "title.ratings", "title.akas")
#: A file is fetched so often before it counts as damaged at the source.
_TRIES = 3
#: A file with less than this share of the rows of the one before is not believed.
_LEAST_SHARE = 0.5


@dataclass(frozen=True)
class Known:
    """What is known of the file that was fetched last.

    Attributes:
        version: how its server called it; an empty one where nobody knows.
        rows: how many it has, the header not counted; 0 = nobody knows.
    """

    version: Validators = field(default_factory=Validators)
    rows: int = 0


NOTHING = Known()


@dataclass(frozen=True)
class Fetched:
    """A file that was fetched and is whole.

    Attributes:
        path: where it is.
        rows: how many it has, the header not counted.
        bytes: its size.
        fetched_at: when, UTC.
        known: what to say of it the next time.
    """

    path: Path
    rows: int
    bytes: int
    fetched_at: datetime
    known: Known


def _silent(done: int, total: int | None) -> None:
    """Tells nobody."""


def _keep_nothing(heard: Heard) -> None:
    """The file itself is what is kept."""


def read(reply: Reply, request: Request) -> Json:
    """Whether the file has come (`is_new`), or is the one that is had already.

    Raises:
        Throttled: 429.
        Unavailable: 5xx, and 403, with which hosts of files turn busy clients away.
        NotFound: 404.
        Misunderstood: another status.
    """
    if reply.status in (200, 206, 304):
        return {"is_new": reply.status != 304}
    if reply.status == 429:
        raise Throttled("it asks for fewer requests")
    if reply.status == 403 or reply.status >= 500:
        raise Unavailable(f"status {reply.status}")
    if reply.status == 404:
        raise NotFound(f"there is no file {request.path}")
    raise Misunderstood(f"status {reply.status} for {request.path}")


#: For settings and manners; its files are fetched by `fetch`, not crawled.
SOURCE = Source(
    name=NAME,
    base_url=BASE_URL,
    streams=MappingProxyType({}),
    manners=Manners(per_minute=20.0, attempts=15, first_wait_s=2.0, timeout_s=60.0),
    read=read,
)


def open_place(base: str = BASE_URL, **how: Any) -> FileSession | Path:
    """The way to the files: a session for an address, the directory for a path or a file:// address.

    Args:
        base: an address, or a directory with the files.
        how: what `Session` takes, for an address: contact, per_minute, on_wait.

    Raises:
        Misunderstood: when it is neither.
    """
    directory = require_place(base)
    return FileSession(SOURCE, base_url=base, **how) if directory is None else directory


def require_place(base: str) -> Path | None:
    """The directory that a path or a file:// address names; None for an address, which is not asked.

    Raises:
        Misunderstood: when it is neither.
    """
    parts = urlsplit(base)
    if parts.scheme in ("http", "https") and parts.hostname:
        return None
    directory = Path(unquote(parts.path)) if parts.scheme == "file" else Path(base).expanduser()
    if not directory.is_dir():
        raise Misunderstood(f"{base} is neither an address nor a directory; correct OSUSUME_IMDB_URL")
    return directory


def fetch(
    place: FileSession | Path, name: str, target: Path, *, known: Known = NOTHING, on_progress: OnBytes = _silent
) -> Fetched | None:
    """The newest file, put at `target`; None when it is the one that is known.

    A part file beside the target keeps what came before a break or a kill; the next call goes on from there.

    Args:
        place: where the files are, see `open_place`.
        name: one of FILES.
        target: where the whole file goes; its directory exists.
        known: of the file fetched last.
        on_progress: told how many bytes there are, and how many there will be.

    Raises:
        Outage: when the place goes on failing, gives damaged files, or one with far fewer rows than before.
        Misunderstood: when there is no such file, or its columns are others.
    """
    if isinstance(place, Path):
        return _copy(place, name, target, known, on_progress)
    request = Request(name, f"/{name}.tsv.gz")
    part = Part(target, place.url(request))
    place.aim(part, known.version, on_progress)
    problem: Garbled | None = None
    for _ in range(_TRIES):
        if not ask(place, request, _keep_nothing).document["is_new"]:
            part.drop()
            return None
        try:
            return _hand_over(part, name, target, known, part.version)
        except Garbled as found:
            part.drop()
            problem = found
    raise Outage(f"{NAME} at {place.base_url}: {problem}, {_TRIES} times; run again later") from problem


def _copy(directory: Path, name: str, target: Path, known: Known, on_progress: OnBytes) -> Fetched | None:
    """The file of a directory, which stays as it is."""
    file = directory / f"{name}.tsv.gz"
    try:
        found = file.stat()
        version = Validators(f'"{found.st_size:x}-{found.st_mtime_ns:x}"', formatdate(found.st_mtime, usegmt=True))
        had = known.version
        if version.etag == had.etag or (not had.etag and version.last_modified == had.last_modified):
            return None
        part = Part(target, file.absolute().as_uri())
        part.begin(version)
        shutil.copyfile(file, part.path)
    except OSError as problem:
        raise Misunderstood(f"{file} cannot be read ({problem.strerror}); correct OSUSUME_IMDB_URL") from problem
    on_progress(found.st_size, found.st_size)
    try:
        return _hand_over(part, name, target, known, version)
    except Garbled as problem:
        part.drop()
        raise Misunderstood(f"{file}: {problem}; put a whole one there") from problem


def _hand_over(part: Part, name: str, target: Path, known: Known, version: Validators) -> Fetched:
    """Put a file in its place after it was read to its end.

    Raises:
        Garbled: when it is not whole.
        Misunderstood: when its columns are others.
        Outage: when it has far fewer rows than the one before.
    """
    try:
        rows, size = _rows_of(part.path, name), part.size
    except Misunderstood:
        part.drop()
        raise
    if rows < _LEAST_SHARE * known.rows or rows == 0:
        part.drop()
        raise Outage(
            f"{NAME}: {name} has {rows:,} rows, the one before had {known.rows:,}: too few to be believed; run "
            "again tomorrow, or remove the landed file of before if the new one is right"
        )
    part.move_to(target)
    return Fetched(target, rows, size, datetime.now(UTC), Known(version, rows))


def _rows_of(file: Path, name: str) -> int:
    """How many rows a file has, read to its end; its trailer and its columns are right."""
    try:
        content = read_to_end(file)
    except RecordingError as problem:
        raise Garbled(f"{name} is cut off or damaged") from problem
    found, expected = tuple(content.first_line.split("\t")), COLUMNS[name]
    if found != expected:
        raise Misunderstood(
            f"{NAME}: {name} has the columns {', '.join(found)[:300]}; expected {', '.join(expected)}. "
            "A newer version of this program may know the new ones"
        )
    return content.lines - 1
