"""Every release's ratings are read, and what cannot be is named by file, line and value."""

import gzip
from pathlib import Path

import pytest

from recommenders.benchmark.movielens import read_movielens
from recommenders.errors import DatasetError

DIRECTORY = Path(__file__).parents[4] / "shared" / "data" / "movielens-100k"
RATINGS = [(7, 30, "4", 880000001), (2, 30, "0.5", 880000009), (7, 10, "5.0", 880000002)]
HEADER = "userId,movieId,rating,timestamp"
FILES = {"u.data": ("\t", ""), "ratings.dat": ("::", ""), "ratings.csv": (",", HEADER)}


def write(path: Path, rows: list[str]) -> Path:
    """A ratings file of these lines, packed if its name says so; returns the directory."""
    text = "".join(f"{row}\n" for row in rows)
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text, encoding="utf-8")
    return path.parent


def lines(name: str, *extra: str) -> list[str]:
    """RATINGS as this file writes them, and lines behind them."""
    separator, header = FILES[name]
    rows = [separator.join(map(str, row)) for row in RATINGS]
    return [*([header] if header else []), *rows, *extra]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("packed", ["", ".gz"])
def test_ratings_are_the_same_in_every_format(tmp_path: Path, name: str, packed: str) -> None:
    """Two users, two movies, stars doubled, with their times."""
    data = read_movielens(write(tmp_path / f"{name}{packed}", lines(name)))
    assert data.interactions.user_keys.tolist() == [2, 7]
    assert data.interactions.item_keys.tolist() == [10, 30]
    assert data.interactions.ratings.toarray().tolist() == [[0, 1], [10, 8]]
    assert (data.times.toarray() * 86400).round().tolist() == [[0, 880000009], [880000002, 880000001]]
    assert data.release == "3 ratings"


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        (("5", "1", "6", "9"), "rating is '6', expected stars from 0.5 to 5 in halves"),
        (("5", "1", "3.7", "9"), "rating is '3.7'"),
        (("5", "1", "good", "9"), "rating is 'good'"),
        (("5", "1", "nan", "9"), "rating is 'nan'"),
        (("x", "1", "3", "9"), "user is 'x', expected a positive whole number"),
        (("5", "-1", "3", "9"), "movie is '-1'"),
        (("5", "1", "3", ""), "timestamp is ''"),
        (("5", "1", "3"), "3 fields, expected 4 (user, movie, rating, timestamp)"),
        (("7", "10", "3", "9"), "user 7 rated movie 10 in line "),
    ],
)
def test_a_bad_row_is_named(tmp_path: Path, name: str, fields: tuple[str, ...], problem: str) -> None:
    """File, line, value, and what was expected."""
    separator, header = FILES[name]
    bad = write(tmp_path / name, lines(name, separator.join(fields), *lines(name)[-1:]))
    with pytest.raises(DatasetError) as caught:
        read_movielens(bad)
    assert f"{name}, line {5 if header else 4}: " in str(caught.value)
    assert problem in str(caught.value)


def test_a_row_with_too_many_fields_is_named(tmp_path: Path) -> None:
    """Where the first row has as many as it should."""
    with pytest.raises(DatasetError, match="line 4: 5 fields, expected 4"):
        read_movielens(write(tmp_path / "u.data", lines("u.data", "5\t1\t3\t9\t9")))


def test_a_directory_without_ratings_says_where_they_come_from(tmp_path: Path) -> None:
    """And which files it looked for; an empty file has no ratings."""
    with pytest.raises(DatasetError, match=r"u\.data, ratings\.dat, ratings\.csv.*grouplens"):
        read_movielens(tmp_path)
    with pytest.raises(DatasetError, match="no ratings"):
        read_movielens(write(tmp_path / "ratings.csv", [HEADER]))


def test_a_torn_archive_is_named(tmp_path: Path) -> None:
    """Half a file is no file."""
    whole = gzip.compress("".join(f"{row}\n" for row in lines("u.data") * 50).encode())
    (tmp_path / "u.data.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DatasetError, match=r"u\.data\.gz"):
        read_movielens(tmp_path)


@pytest.mark.real_data
@pytest.mark.skipif(not DIRECTORY.exists(), reason="../shared/data is not here")
def test_the_release_of_100k_is_recognised() -> None:
    """By its number of ratings."""
    data = read_movielens(DIRECTORY)
    assert (data.release, data.interactions.ratings.shape) == ("100k", (943, 1682))
    assert data.times.nnz == data.interactions.ratings.nnz == 100_000
