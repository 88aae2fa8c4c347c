"""The ratings of a MovieLens directory, whichever release it is, as matrices.

The one rule: a file is read whole and right or not at all; what is wrong is named by file, line and value.

Source:
    Harper, Konstan, "The MovieLens datasets: history and context", ACM TiiS 5(4), 2015; formats by the README
    of each release at https://grouplens.org/datasets/movielens/.
"""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, NoReturn

import numpy as np
import scipy

from recommenders.errors import DatasetError
from recommenders.interactions import Csr, Interactions

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("user", "movie", "rating", "timestamp")
LOWEST_STARS, HIGHEST_STARS = 0.5, 5.0
STARS = 2.0
"""Ratings are doubled: 0.5 to 5 stars become 1 to 10."""
SECONDS_OF_A_DAY = 86_400.0
RELEASES = {100_000: "100k", 1_000_209: "1M", 10_000_054: "10M", 20_000_263: "20M", 25_000_095: "25M"}
"""Number of ratings of each fixed release; any other number is one of `latest`, or a part of a release."""


@dataclass(frozen=True)
class Format:
    """How the ratings file of some releases is written: fields in the order of COLUMNS.

    Attributes:
        file: its name; the same with .gz behind it is read too.
        separator: between fields.
        header: lines before the first rating.
    """

    file: str
    separator: str
    header: int


FORMATS = (Format("u.data", "\t", 0), Format("ratings.dat", "::", 0), Format("ratings.csv", ",", 1))
"""100k; 1M and 10M; latest, 20M and 25M."""


@dataclass(frozen=True)
class MovieLens:
    """The ratings of a release.

    Attributes:
        release: 100k, 1M, 10M, 20M, 25M, or the number of ratings in words.
        interactions: users x movies, ratings 1-10 (stars doubled).
        times: csr (n_users, n_items) float64, days since 1970, of each rating.
    """

    release: str
    interactions: Interactions
    times: Csr


def read_movielens(directory: Path) -> MovieLens:
    """The ratings of the release that lies in this directory.

    Raises:
        DatasetError: no ratings file is there, or it has a line that cannot be believed.
    """
    path, written = _ratings_file(directory)
    table = _read(path, written)
    user, movie = (table[name].to_numpy(dtype=np.int64) for name in ("user", "movie"))
    interactions = Interactions.from_arrays(user, movie, table["rating"].to_numpy() * STARS)
    rows, columns = (
        np.searchsorted(keys, own) for keys, own in ((interactions.user_keys, user), (interactions.item_keys, movie))
    )
    times: Csr = scipy.sparse.csr_array(
        (table["timestamp"].to_numpy(dtype=np.float64) / SECONDS_OF_A_DAY, (rows, columns)),
        shape=interactions.ratings.shape,
    )
    return MovieLens(RELEASES.get(len(table), f"{len(table):,} ratings"), interactions, times)


def _ratings_file(directory: Path) -> tuple[Path, Format]:
    """The ratings file of the directory, and how it is written."""
    for written in FORMATS:
        for path in (directory / written.file, directory / f"{written.file}.gz"):
            if path.is_file():
                return path, written
    names = ", ".join(written.file for written in FORMATS)
    raise DatasetError(
        f"{directory} holds no ratings of MovieLens (looked for {names}, also with .gz): unpack a release of "
        "https://grouplens.org/datasets/movielens/ and name the directory in which its ratings lie"
    )


def _read(path: Path, written: Format) -> "pd.DataFrame":
    """The ratings as numbers, all of them sound."""
    import pandas as pd

    # a separator of two colons is, to a fast parser, one colon with an empty field after it; of the place behind
    # the last field nothing may be known
    step = len(written.separator)
    places = {step * place: name for place, name in enumerate((*COLUMNS, "behind"))}
    try:
        table = pd.read_csv(
            path,
            sep=written.separator[0],
            header=None,
            skiprows=written.header,
            names=[places.get(place, f"empty{place}") for place in range(max(places) + 1)],
            dtype={name: np.float64 if name == "rating" else np.int64 for name in COLUMNS},
        )
    except (OSError, EOFError, ValueError) as problem:
        # pandas's own errors of parsing are ValueErrors; they name a line at best
        _refuse(path, written, str(problem))
    if not len(table) or not _sound(table):
        _refuse(path, written, "it has no ratings")
    return table[list(COLUMNS)]


def _sound(table: "pd.DataFrame") -> bool:
    """Whether every rating is one, and nobody rated a movie twice."""
    stars = table["rating"]
    on_scale = stars.between(LOWEST_STARS, HIGHEST_STARS) & (stars * STARS % 1 == 0)
    positive = (table[["user", "movie", "timestamp"]] > 0).all(axis=None)
    alone = table["behind"].isna().all() and not table.duplicated(["user", "movie"]).any()
    return bool(on_scale.all() and positive and alone)


def _refuse(path: Path, written: Format, otherwise: str) -> NoReturn:
    """Raise what is wrong with the first wrong line; if every line is right, what the reader said.

    Raises:
        DatasetError: always.
    """
    seen: dict[tuple[str, str], int] = {}
    try:
        with _opened(path) as lines:
            for number, line in islice(enumerate(lines, start=1), written.header, None):
                fields = line.rstrip("\r\n").split(written.separator)
                for problem in _problems(fields):
                    raise DatasetError(f"{path}, line {number}: {problem}")
                first = seen.setdefault((fields[0], fields[1]), number)
                if first != number:
                    twice = f"user {fields[0]} rated movie {fields[1]} in line {first} already"
                    raise DatasetError(f"{path}, line {number}: {twice}; a release holds each pair once")
    except (OSError, EOFError, UnicodeDecodeError) as problem:
        raise DatasetError(f"{path} cannot be read: {problem}; unpack the release again") from problem
    raise DatasetError(f"{path}: {otherwise}; unpack the release again")


def _problems(fields: list[str]) -> Iterator[str]:
    """What is wrong with the fields of a line."""
    if len(fields) != len(COLUMNS):
        yield f"{len(fields)} fields, expected {len(COLUMNS)} ({', '.join(COLUMNS)})"
        return
    for name, value in zip(COLUMNS, fields, strict=True):
        if name == "rating":
            if not _is_stars(value):
                yield f"rating is {value!r}, expected stars from {LOWEST_STARS:g} to {HIGHEST_STARS:g} in halves"
        elif not (value.isascii() and value.isdecimal() and int(value) > 0):
            yield f"{name} is {value!r}, expected a positive whole number"


def _is_stars(value: str) -> bool:
    try:
        stars = float(value)
    except ValueError:
        return False
    return LOWEST_STARS <= stars <= HIGHEST_STARS and stars * STARS % 1 == 0


def _opened(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8")
    return path.open(encoding="utf-8")
