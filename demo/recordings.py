"""Writes the world in the layout in which real recordings come, so that one reader serves both.

The directory appears whole or not at all: it is written under a temporary name beside its place and
renamed. Gzip headers carry no time, so equal worlds give equal bytes.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from demo.defects import Defect, bad_ratings, bad_records
from demo.errors import RecordingsError
from demo.scoring import STATUSES
from demo.truth import COLUMNS, truth_rows
from demo.world import World, silent

COMPRESSION = 4  # the files are read once or twice: speed before size
ROWS_AT_A_TIME = 200_000
UNRATED = {"anilist": "0", "kitsu": "", "myanimelist": "0"}


def write_recordings(directory: Path, world: World, progress: Callable[[str], None] = silent) -> list[Defect]:
    """Writes the world under ``directory``, which must not exist yet; returns the deliberately bad rows.

    Files: ``catalogue/<source>/anime.jsonl.gz``, ``ratings/<source>_ratings.csv.gz``,
    ``identity/truth.csv`` and ``identity/defects.csv`` (path, line, record_id, problem).

    Raises:
        RecordingsError: the directory exists, or cannot be created there.
    """
    check_free(directory)
    with _in_place_of(directory) as root:
        defects: list[Defect] = []
        for source in world.sources:
            defects += _write_catalogue(root, world, source)
            progress(f"wrote the catalogue of {source}")
        for source in world.sources:
            defects += _write_ratings(root, world, source)
            progress(f"wrote the ratings of {source}")
        _write_identity(root, world, defects)
    return defects


def write_intake(
    directory: Path, world: World, listed: Mapping[str, Sequence[str]], progress: Callable[[str], None] = silent
) -> list[Defect]:
    """Writes what a run takes in besides what it reads from the stand-in services; returns the bad rows.

    Files: ``users.csv`` (the viewers whose lists are read from the services: source, user), the ratings of
    everybody else as ``ratings/<source>_ratings.csv.gz``, and ``identity/`` as in recordings.

    Args:
        directory: where; it must not exist yet.
        world: the world.
        listed: by source, the handles of the viewers whose ratings are left out.
        progress: told, in a few words, what has been done.

    Raises:
        RecordingsError: the directory exists, or cannot be created there.
    """
    check_free(directory)
    with _in_place_of(directory) as root:
        defects: list[Defect] = []
        for source in world.sources:
            defects += _write_ratings(root, world, source, frozenset(listed.get(source, ())))
            progress(f"wrote the ratings of {source}")
        _write_table(root / "users.csv", ("source", "user"), [(one, name) for one in listed for name in listed[one]])
        _write_identity(root, world, defects)
    return defects


def check_free(directory: Path) -> None:
    """Returns if recordings can be written there.

    Raises:
        RecordingsError: something of that name exists, or its parent is a file.
    """
    if directory.exists() or directory.is_symlink():
        raise RecordingsError(f"{directory} exists already: name another directory, or remove it first")
    for parent in directory.parents:
        if parent.exists():
            if not parent.is_dir():
                raise RecordingsError(f"{directory} cannot be created: {parent} is a file; name another place")
            return


@contextmanager
def _in_place_of(directory: Path) -> Iterator[Path]:
    """A directory to write into, which takes the wanted place when everything in it is complete."""
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{directory.name}.", dir=directory.parent))
    except OSError as error:
        raise RecordingsError(f"{directory} cannot be created: {error.strerror}; name another place") from error
    try:
        temporary.chmod(0o755)
        yield temporary
        temporary.rename(directory)
    except OSError as error:
        message = f"{directory} cannot be written: {error.strerror}; free some space or name another place"
        raise RecordingsError(message) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


@contextmanager
def _gzip_file(path: Path) -> Iterator[BinaryIO]:
    """A gzip file whose bytes depend on its content alone (no name, no time), safely on disk when closed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as raw:
        with gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0, compresslevel=COMPRESSION) as packed:
            buffer = io.BufferedWriter(packed, 1 << 20)
            yield buffer
            buffer.flush()
        raw.flush()
        os.fsync(raw.fileno())


def _write_identity(root: Path, world: World, defects: Sequence[Defect]) -> None:
    """Which records are one anime, and which rows are bad on purpose."""
    identity = root / "identity"
    identity.mkdir()
    _write_table(identity / "truth.csv", COLUMNS, truth_rows(world))
    rows = [(bad.path, str(bad.line), bad.record_id, bad.problem) for bad in defects]
    _write_table(identity / "defects.csv", ("path", "line", "record_id", "problem"), rows)


def _write_catalogue(root: Path, world: World, source: str) -> list[Defect]:
    """One JSON object a line, in the order of the source's ids, with the bad lines in the middle."""
    path = f"catalogue/{source}/anime.jsonl.gz"
    teller = world.sources[source]
    rows = teller.rows()
    middle = len(rows) // 2
    bad = bad_records(world, source)
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    with _gzip_file(root / path) as out:
        for place, row in enumerate(rows):
            if place == middle:
                out.write("".join(f"{line.text}\n" for line in bad).encode())
            out.write(f"{encode(teller.record(row))}\n".encode())
    return [Defect(path, middle + 1 + place, line.record_id, line.problem) for place, line in enumerate(bad)]


def _write_ratings(root: Path, world: World, source: str, without: frozenset[str] = frozenset()) -> list[Defect]:
    """One list entry a line, by viewer and anime, with the bad lines at the end; nothing of the handles ``without``."""
    path = f"ratings/{source}_ratings.csv.gz"
    ratings, handles = world.ratings[source], world.people.handles
    left_out = [person for person, handle in enumerate(handles) if handle in without]
    kept = np.flatnonzero(~np.isin(ratings.person, left_out))
    bad = bad_ratings(world, source, kept)
    with _gzip_file(root / path) as out:
        out.write(f"user_id,{source}_id,score,status,updated_at\n".encode())
        for begin in range(0, len(kept), ROWS_AT_A_TIME):
            out.write(_rating_lines(world, source, kept[begin : begin + ROWS_AT_A_TIME]).encode())
        out.write("".join(f"{line.text}\n" for line in bad).encode())
    return [Defect(path, len(kept) + 2 + place, line.record_id, line.problem) for place, line in enumerate(bad)]


def _rating_lines(world: World, source: str, part: NDArray[np.int64]) -> str:
    ratings, handles = world.ratings[source], world.people.handles
    updated = ratings.updated[part]
    columns = zip(
        [handles[person] for person in ratings.person[part].tolist()],
        world.sources[source].ids[ratings.row[part]].tolist(),
        [score or UNRATED[source] for score in ratings.score[part].tolist()],
        [STATUSES[status] for status in ratings.status[part].tolist()],
        np.where(updated > 0, np.datetime_as_string(updated.astype("datetime64[s]"), timezone="UTC"), "").tolist(),
        strict=True,
    )
    return "".join([f"{user},{anime},{score},{status},{when}\n" for user, anime, score, status, when in columns])


def _write_table(path: Path, columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
