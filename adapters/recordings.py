"""Recordings: a directory of files in which sources speak for themselves, without any network.

The one rule: a directory is accepted as a whole or refused with one message that names the file; every file
is read to its end before anything is taken from it. What stands in single lines is judged later, row by row.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from adapters.errors import RecordingError
from adapters.gzipped import Content, read_to_end

Stream = Literal["anime", "ratings"]

SOURCES = ("anilist", "kitsu", "myanimelist")
STREAMS: tuple[Stream, ...] = ("anime", "ratings")
LAYOUT = (
    "catalogue/<source>/anime.jsonl.gz or catalogue/<source>/<YYYYMMDD>.jsonl.gz, and "
    "ratings/<source>_ratings.csv.gz or ratings/<source>/<YYYYMM>.csv.gz, "
    f"where <source> is {', '.join(SOURCES)}"
)
#: MyAnimeList, the oldest of the three, opened in 2004: nobody's list can have been changed in an earlier month.
FIRST_MONTH = "2004-01"
_UNDATED = "anime.jsonl.gz"
_DATED = re.compile(r"(?P<day>\d{8})\.jsonl\.gz")
_RATINGS = re.compile(r"(?P<source>.+)_ratings\.csv\.gz")
_MONTH = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})\.csv\.gz")
#: Files that look as if they were meant to be read; anything else beside them (notes, say) is left alone.
_DATA_SUFFIXES = (".gz", ".jsonl", ".json", ".csv")
_OPTIONAL_COLUMNS = ("status", "updated_at")


@dataclass(frozen=True)
class Recording:
    """One file of recorded answers of one source.

    Attributes:
        source: who speaks: `anilist`, `kitsu` or `myanimelist`.
        stream: `anime`, one JSON object a line, or `ratings`, a CSV with a header.
        path: the gzipped file.
        captured_at: the day it was recorded, midnight UTC; None when the file's name does not say.
        lines: records in it: lines that are not blank, the header of a ratings file not counted.
        month: of ratings, the month (as 2024-04, UTC) in which all of the file's entries were changed last; None
            for whole lists and for catalogues.
    """

    source: str
    stream: Stream
    path: Path
    captured_at: datetime | None
    lines: int
    month: str | None = None


def read_recordings(directory: Path, source: str | None = None, stream: str | None = None) -> list[Recording]:
    """Every recording of the directory, by source and stream, oldest first, the undated one last; lists before months.

    Args:
        directory: a directory of the layout LAYOUT; either folder and any source may be absent.
        source: only open the files of this source; the names of all are checked in any case.
        stream: only open the files of this stream.

    Raises:
        RecordingError: naming the file (and line), when the directory is missing or holds nothing usable,
            when a file is empty, truncated, no gzip, or has another name or other columns than it must.
    """
    directory = _directory(directory)
    named = sorted([*_catalogue(directory), *_ratings(directory)], key=_order)
    if not named:
        raise RecordingError(f"{directory} holds no recordings; expected {LAYOUT}")
    return [_opened(directory, one) for one in named if source in (None, one.source) and stream in (None, one.stream)]


def recorded_months(directory: Path) -> list[Recording]:
    """The months of ratings in the directory, by source and month, unopened; [] when there are none.

    Raises:
        RecordingError: when the directory is missing, or a file beside them has a name that means nothing.
    """
    found = _ratings(_directory(directory))
    return sorted((one for one in found if one.month is not None), key=_order)


def read_month(directory: Path, source: str, month: str) -> Recording:
    """One month of a source's ratings, its file read to the end; no other file is looked at.

    Args:
        directory: as for `read_recordings`.
        source: whose.
        month: as 2024-04.

    Raises:
        RecordingError: naming the file, when it is missing or cannot be used.
    """
    directory = _directory(directory)
    file = month_file(directory, source, month)
    if not file.exists() and not file.is_symlink():
        raise RecordingError(
            f"{file} does not exist: record it there (user_id, {source}_id, score, updated_at of the entries that were "
            f"changed last in {month}, a header alone if there are none), or leave {month} out"
        )
    return _opened(directory, Recording(source, "ratings", file, None, 0, month))


def month_file(directory: Path, source: str, month: str) -> Path:
    """Where a directory has the ratings of a month, written 2024-04."""
    return directory / "ratings" / source / f"{month.replace('-', '')}.csv.gz"


def _directory(directory: Path) -> Path:
    """The directory, if it is one."""
    directory = Path(directory)
    if not directory.is_dir():
        problem = "is not a directory" if directory.exists() else "does not exist"
        raise RecordingError(f"{directory} {problem}; expected a directory with {LAYOUT}")
    return directory


def _catalogue(directory: Path) -> Iterator[Recording]:
    """The catalogue files by their names, unopened."""
    for folder in _visible(directory / "catalogue"):
        if not folder.is_dir():
            _refuse_data(folder)
            continue
        for file in _of_source(folder):
            if file.name == _UNDATED:
                yield Recording(folder.name, "anime", file, None, 0)
            elif found := _DATED.fullmatch(file.name):
                yield Recording(folder.name, "anime", file, _day(file, found["day"]), 0)
            else:
                _refuse_data(file)


def _ratings(directory: Path) -> Iterator[Recording]:
    """The ratings files by their names, unopened."""
    for file in _visible(directory / "ratings"):
        found = _RATINGS.fullmatch(file.name)
        if found is None and file.is_dir():
            yield from _months(file)
        elif found is None:
            _refuse_data(file)
        elif found["source"] not in SOURCES:
            raise RecordingError(f"{file}: unknown source {found['source']!r}; known are {', '.join(SOURCES)}")
        else:
            yield Recording(found["source"], "ratings", file, None, 0)


def _months(folder: Path) -> Iterator[Recording]:
    """The months of one source's ratings by their names, unopened."""
    for file in _of_source(folder):
        if found := _MONTH.fullmatch(file.name):
            yield Recording(folder.name, "ratings", file, None, 0, _month(file, found["year"], found["month"]))
        else:
            _refuse_data(file)


def _of_source(folder: Path) -> list[Path]:
    """What lies in the folder of one source."""
    if folder.name not in SOURCES:
        raise RecordingError(f"{folder}: unknown source {folder.name!r}; known are {', '.join(SOURCES)}")
    return _visible(folder)


def _opened(directory: Path, named: Recording) -> Recording:
    """The recording after its file was read to the end."""
    if not named.path.resolve().is_relative_to(directory.resolve()):
        raise RecordingError(
            f"{named.path} leads out of {directory} to {named.path.resolve()}; put the file itself there"
        )
    content = read_to_end(named.path)
    lines = content.lines
    if named.stream == "ratings":
        _refuse_other_columns(named, content)
        lines -= 1
    # A month may have lost all its entries to later ones, and says so by its header alone.
    if lines < (0 if named.month else 1):
        what = "a header but no ratings" if content.lines else "no lines"
        raise RecordingError(f"{named.path} is empty: it has {what}. Record it again, or remove it")
    return replace(named, lines=lines)


def _refuse_other_columns(named: Recording, content: Content) -> None:
    """Raise RecordingError unless a ratings file has the columns it must, and no unknown ones."""
    if not content.lines:
        return
    required = ["user_id", f"{named.source}_id", "score", *(["updated_at"] if named.month else [])]
    optional = [name for name in _OPTIONAL_COLUMNS if name not in required]
    found = [name.strip().strip('"').strip() for name in content.first_line.split(",")]
    missing = [name for name in required if name not in found]
    unknown = [name for name in found if name not in (*required, *optional)]
    if missing or unknown or len(set(found)) < len(found):
        raise RecordingError(
            f"{named.path}:{content.first_line_number}: found the columns {', '.join(found)[:300]}; expected "
            f"{', '.join(required)} and optionally {', '.join(optional)}, each once"
        )


def _visible(folder: Path) -> list[Path]:
    """What lies in a folder, sorted, hidden files left out; [] when there is no such folder."""
    if not folder.exists() and not folder.is_symlink():
        return []
    if not folder.is_dir():
        raise RecordingError(f"{folder} is not a directory; expected {LAYOUT}")
    try:
        return sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
    except OSError as problem:
        raise RecordingError(f"{folder} cannot be read: {problem.strerror}") from problem


def _refuse_data(file: Path) -> None:
    """Raise RecordingError for a file that looks like data but has a name that means nothing here."""
    if file.name.endswith(_DATA_SUFFIXES):
        raise RecordingError(f"{file}: a file of this name is not expected here; expected {LAYOUT}")


def _day(file: Path, day: str) -> datetime:
    """Midnight UTC of a day written YYYYMMDD."""
    try:
        return datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC)
    except ValueError as problem:
        raise RecordingError(f"{file}: {day} is no date; expected <YYYYMMDD>.jsonl.gz") from problem


def _month(file: Path, year: str, month: str) -> str:
    """A month written YYYYMM, as 2024-04."""
    written = f"{year}-{month}"
    if not "01" <= month <= "12":
        raise RecordingError(f"{file}: {year}{month} is no month; expected <YYYYMM>.csv.gz")
    if written < FIRST_MONTH:
        raise RecordingError(f"{file}: no source had users before {FIRST_MONTH}; name the month of its updated_at")
    return written


def _order(one: Recording) -> tuple[str, str, bool, str, str]:
    """By source and stream; dated files by day, the undated one after them; whole lists before months."""
    return one.source, one.stream, one.captured_at is None, one.month or "", one.path.name
