"""IMDb's files: what is animated, verbatim, of the newest file alone."""

import gzip
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.warehouse.conftest import DAY
from warehouse.errors import LandingError
from warehouse.home import Home
from warehouse.landing import land_file
from warehouse.load import LoadReport, load_new_files
from warehouse.rawtitles import TITLE_COLUMNS, snake_case

Gz = Callable[[str, bytes], Path]
Con = duckdb.DuckDBPyConnection
BASICS = [
    ("tt0000001", "tvSeries", 'The "A"', "A\\B", "0", "1999", "\\N", "24", "Animation,Comedy"),
    ("tt0000002", "tvEpisode", "Ep", "Ep", "0", "1999", "\\N", "24", "Animation"),
    ("tt0000003", "movie", "Live", "Live", "0", "2001", "\\N", "\\N", "Drama"),
    ("tt10000004", "movie", '"Quoted', "愛", "1", "\\N", "\\N", "\\N", "Action,Animation"),
    ("tt0000005", "movie", "No genre", "", "0", "\\N", "\\N", "\\N", "\\N"),
    ("tt0000006", "movie", "Nearly", "Nearly", "0", "\\N", "\\N", "\\N", "AnimationX"),
]
RATINGS = [("tt0000001", "7.9", "100"), ("tt0000003", "5.0", "9"), ("tt10000004", "8.1", "7")]
AKAS = [
    ("tt0000001", "1", 'Der "A"', "DE", "\\N", "imdbDisplay\x02alternative", "\\N", "0"),
    ("tt0000003", "1", "Live", "US", "\\N", "\\N", "\\N", "1"),
    ("tt10000004", "2", "愛", "JP", "ja", "\\N", "literal title", "\\N"),
]


@pytest.fixture
def land(home: Home, gz: Gz) -> Callable[..., Path]:
    """A function that lands rows of one stream as the file of a day."""

    def put(stream: str, rows: list[tuple[str, ...]], day: int = 0, header: tuple[str, ...] = ()) -> Path:
        lines = [header or TITLE_COLUMNS[stream], *rows]
        content = "".join("\t".join(line) + "\n" for line in lines).encode()
        landed = land_file(home, "imdb", stream, gz("title.tsv.gz", content), DAY + timedelta(days=day))
        assert landed is not None
        assert landed.path.endswith(".tsv.gz")
        return landed.file(home)

    return put


def rows(con: Con, stream: str, columns: str) -> list[tuple[Any, ...]]:
    """Some columns of a raw table, in the order of the file."""
    return con.execute(f"select {columns} from raw.raw_imdb__{stream} order by payload_line").fetchall()


def test_animated_titles_are_kept_verbatim_with_their_lines(con: Con, home: Home, land: Callable[..., Path]) -> None:
    """Episodes and other genres are left out; quotes and backslashes are characters; the sign for no value is null."""
    land("title_basics", BASICS)
    assert load_new_files(con, home, "imdb", "title_basics") == LoadReport(1, 2, 2)
    columns = ", ".join(snake_case(name) for name in TITLE_COLUMNS["title_basics"])
    assert rows(con, "title_basics", f"{columns}, payload_line, captured_at") == [
        ("tt0000001", "tvSeries", 'The "A"', "A\\B", "0", "1999", None, "24", "Animation,Comedy", 2, DAY),
        ("tt10000004", "movie", '"Quoted', "愛", "1", None, None, None, "Action,Animation", 5, DAY),
    ]


def test_ratings_and_other_titles_are_those_of_the_titles(con: Con, home: Home, land: Callable[..., Path]) -> None:
    """Only ids that title_basics gave are kept."""
    land("title_basics", BASICS)
    land("title_ratings", RATINGS)
    land("title_akas", AKAS)
    for stream in TITLE_COLUMNS:
        load_new_files(con, home, "imdb", stream)
    assert rows(con, "title_ratings", "tconst, average_rating, num_votes, payload_line") == [
        ("tt0000001", "7.9", "100", 2),
        ("tt10000004", "8.1", "7", 4),
    ]
    assert rows(con, "title_akas", "title_id, title, types, payload_line") == [
        ("tt0000001", 'Der "A"', "imdbDisplay\x02alternative", 2),
        ("tt10000004", "愛", None, 4),
    ]


def test_only_the_newest_file_is_held(con: Con, home: Home, land: Callable[..., Path]) -> None:
    """Rows of an older file go when a newer one is loaded; the older one counts as loaded, with no rows."""
    first = land("title_basics", BASICS)
    load_new_files(con, home, "imdb", "title_basics")
    second = land("title_basics", BASICS[3:], day=1)
    assert load_new_files(con, home, "imdb", "title_basics") == LoadReport(files=1, rows=1, total_rows=1)
    assert load_new_files(con, home, "imdb", "title_basics") == LoadReport(0, 0, 1)
    assert rows(con, "title_basics", "tconst, payload_line") == [("tt10000004", 2)]
    found = con.execute("select path, row_count from raw.loaded_file order by path").fetchall()
    expected = [(f"imdb/title_basics/{file.name}", count) for file, count in ((first, 0), (second, 1))]
    assert found == expected


def test_a_file_of_a_time_to_come_gives_way_to_the_next_one(con: Con, home: Home, land: Callable[..., Path]) -> None:
    """It was landed before: what its server said of its time was wrong."""
    land("title_basics", BASICS, day=40_000)
    load_new_files(con, home, "imdb", "title_basics")
    land("title_basics", BASICS[3:], day=(datetime.now(UTC) - DAY).days + 1)
    assert load_new_files(con, home, "imdb", "title_basics").total_rows == 1
    assert rows(con, "title_basics", "tconst") == [("tt10000004",)]


def test_what_depends_on_the_titles_follows_them(con: Con, home: Home, land: Callable[..., Path]) -> None:
    """Loaded before, or with other titles, ratings are read again when the titles changed, and only then."""
    land("title_ratings", RATINGS)
    assert load_new_files(con, home, "imdb", "title_ratings").rows == 0
    land("title_basics", BASICS)
    load_new_files(con, home, "imdb", "title_basics")
    assert load_new_files(con, home, "imdb", "title_ratings") == LoadReport(1, 2, 2)
    assert load_new_files(con, home, "imdb", "title_ratings") == LoadReport(0, 0, 2)
    land("title_basics", BASICS[:1], day=1)
    load_new_files(con, home, "imdb", "title_basics")
    assert load_new_files(con, home, "imdb", "title_ratings") == LoadReport(1, 1, 1)


@pytest.mark.parametrize("stream", TITLE_COLUMNS)
def test_other_columns_are_an_error_that_names_them(
    con: Con, home: Home, land: Callable[..., Path], stream: str
) -> None:
    """A column that is renamed, added or moved: nothing is loaded, what was held stays."""
    columns = TITLE_COLUMNS[stream]
    land(stream, [])
    load_new_files(con, home, "imdb", stream)
    for day, header in enumerate([columns[:-1], (*columns, "new"), (columns[1], columns[0], *columns[2:])], start=1):
        file = land(stream, [], day=day, header=header)
        with pytest.raises(LandingError, match=rf"{file.name}:1: expected the columns {columns[0]}"):
            load_new_files(con, home, "imdb", stream)
    assert con.execute("select count(*) from raw.loaded_file").fetchall() == [(1,)]


@pytest.mark.parametrize("lost", [4, 9, 500])
def test_a_file_that_was_cut_off_is_an_error(con: Con, home: Home, gz: Gz, lost: int) -> None:
    """Also where the cut falls between two lines, or only the gzip trailer is missing."""
    content = "\t".join(TITLE_COLUMNS["title_ratings"]) + "\n"
    content += "".join(f"tt{n}\t{n % 10}.0\t{n * 31 % 997}\n" for n in range(20_000))
    whole = gz("title.tsv.gz", content.encode())
    whole.write_bytes(whole.read_bytes()[:-lost])
    landed = land_file(home, "imdb", "title_ratings", whole, DAY)
    assert landed is not None
    with pytest.raises(LandingError, match="is no whole gzip file"):
        load_new_files(con, home, "imdb", "title_ratings")


@pytest.mark.parametrize("line", [b"tt2\t5\n", b"tt2\t5\t4\t4\n", b"tt\xff\t5\t4\n"])
def test_a_line_that_is_no_row_is_an_error_that_names_it(con: Con, home: Home, gz: Gz, line: bytes) -> None:
    """Too few or too many values, or bytes that are no UTF-8: file and line are told."""
    content = "\t".join(TITLE_COLUMNS["title_ratings"]).encode() + b"\ntt1\t5\t4\n" + line
    file = gz("title.tsv.gz", content)
    assert gzip.decompress(file.read_bytes()) == content
    land_file(home, "imdb", "title_ratings", file, DAY)
    with pytest.raises(LandingError, match=r"title_ratings/.*cannot be read: .*Line: 3"):
        load_new_files(con, home, "imdb", "title_ratings")
