"""Raw tables hold exactly what lies in the landing, each line once, with its place."""

import gzip
import json
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.warehouse.conftest import DAY
from warehouse.connection import Warehouse
from warehouse.errors import LandingError
from warehouse.home import Home
from warehouse.landing import land_file, landed_files
from warehouse.load import LoadReport, load_new_files
from warehouse.rawlines import read_lines

Gz = Callable[[str, bytes], Path]


def lines(con: duckdb.DuckDBPyConnection, source: str = "anilist") -> list[tuple[str, int]]:
    """Payloads with their lines, in order."""
    statement = f"select payload, payload_line from raw.raw_{source}__anime order by payload_path, payload_line"
    return con.execute(statement).fetchall()


@settings(max_examples=80)
@given(content=st.binary(max_size=60) | st.text(max_size=40).map(str.encode), block_bytes=st.integers(1, 30))
def test_every_line_is_read_with_its_own_number(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, block_bytes: int
) -> None:
    """Any bytes, any block size: the lines between line feeds, without their end, blank ones only counted."""
    path = tmp_path_factory.mktemp("lines") / "a.jsonl.gz"
    path.write_bytes(gzip.compress(content))
    found = [row for table in read_lines(path, block_bytes) for row in table.to_pylist()]
    text = content.removeprefix(b"\xef\xbb\xbf")
    expected = [
        {"payload": line.removesuffix(b"\r").decode("utf-8", "replace"), "payload_line": number}
        for number, line in enumerate(text.split(b"\n"), start=1)
        if line.strip(b" \t\n\r\x0b\x0c")
    ]
    assert found == expected


def test_lines_are_stored_verbatim_with_file_line_and_time(con: duckdb.DuckDBPyConnection, home: Home, gz: Gz) -> None:
    """Good, broken and foreign lines alike are rows; blank lines count; no byte order mark, no CR is left."""
    content = b'\xef\xbb\xbf{"id": 1}\r\n\r\nnot json\n  \n{"id": 3, "t": "\xff"}'
    landed = land_file(home, "anilist", "anime", gz("a.jsonl.gz", content), DAY)
    assert landed is not None
    assert load_new_files(con, home, "anilist", "anime") == LoadReport(files=1, rows=3, total_rows=3)
    assert lines(con) == [('{"id": 1}', 1), ("not json", 3), ('{"id": 3, "t": "\ufffd"}', 5)]
    stamps = con.execute("select distinct payload_path, captured_at from raw.raw_anilist__anime").fetchall()
    assert stamps == [(landed.path, DAY)]


def test_ratings_are_stored_as_text_with_malformed_lines_beside(
    con: duckdb.DuckDBPyConnection, home: Home, gz: Gz
) -> None:
    """Values are verbatim; a line with too few or too many fields is kept whole."""
    content = b"user_id,kitsu_id,score\nu1,5,14\n\nu2,5\nu3,6,ten\nu4,7,8,9\n"
    land_file(home, "kitsu", "ratings", gz("r.csv.gz", content), DAY)
    load_new_files(con, home, "kitsu", "ratings")
    found = con.execute(
        "select user_id, anime_id, score, status, updated_at, malformed, payload_line "
        "from raw.raw_kitsu__ratings order by payload_line"
    ).fetchall()
    assert found == [
        ("u1", "5", "14", None, None, None, 2),
        (None, None, None, None, None, "u2,5", 4),
        ("u3", "6", "ten", None, None, None, 5),
        (None, None, None, None, None, "u4,7,8,9", 6),
    ]


def test_a_loaded_file_is_not_read_again(con: duckdb.DuckDBPyConnection, home: Home, gz: Gz) -> None:
    """Loading twice adds nothing; a further file adds only its own rows."""
    land_file(home, "anilist", "anime", gz("a.jsonl.gz", b"1\n2\n"), DAY)
    assert load_new_files(con, home, "anilist", "anime") == LoadReport(1, 2, 2)
    assert load_new_files(con, home, "anilist", "anime") == LoadReport(0, 0, 2)
    land_file(home, "anilist", "anime", gz("b.jsonl.gz", b"3\n"), DAY + timedelta(days=1))
    assert load_new_files(con, home, "anilist", "anime") == LoadReport(1, 1, 3)


def test_a_file_without_rows_is_not_read_again_either(con: duckdb.DuckDBPyConnection, home: Home, gz: Gz) -> None:
    """What was loaded is remembered by file, not by its rows."""
    land_file(home, "anilist", "anime", gz("a.jsonl.gz", b"\n"), DAY)
    assert load_new_files(con, home, "anilist", "anime") == LoadReport(1, 0, 0)
    assert load_new_files(con, home, "anilist", "anime") == LoadReport(0, 0, 0)


def test_rows_follow_their_file_when_it_goes_or_is_rewritten(
    con: duckdb.DuckDBPyConnection, home: Home, gz: Gz
) -> None:
    """Rows of a file that left the landing are removed; a rewritten file (forget-user) is read anew."""
    for day, text in enumerate((b"1\n", b"2\n")):
        land_file(home, "anilist", "anime", gz("a.jsonl.gz", text), DAY + timedelta(days=day))
    load_new_files(con, home, "anilist", "anime")
    first, second = landed_files(home, "anilist", "anime")
    first.file(home).unlink()
    first.file(home).with_name(f"{first.file(home).name}.manifest.json").unlink()
    rewritten = gzip.compress(b"9\n", mtime=1)
    second.file(home).write_bytes(rewritten)
    manifest = second.file(home).with_name(f"{second.file(home).name}.manifest.json")
    words = json.loads(manifest.read_text())
    manifest.write_text(json.dumps(words | {"bytes": len(rewritten), "sha256": sha256(rewritten).hexdigest()}))
    assert load_new_files(con, home, "anilist", "anime") == LoadReport(files=1, rows=1, total_rows=1)
    assert lines(con) == [("9", 1)]


def test_a_broken_file_leaves_the_raw_table_as_it_was(con: duckdb.DuckDBPyConnection, home: Home, gz: Gz) -> None:
    """When one of several new files is damaged, the load names it and nothing of the others is kept."""
    land_file(home, "anilist", "anime", gz("a.jsonl.gz", b"1\n"), DAY)
    load_new_files(con, home, "anilist", "anime")
    land_file(home, "anilist", "anime", gz("b.jsonl.gz", b"2\n"), DAY + timedelta(days=1))
    cut = gz("c.jsonl.gz", b"3\n" * 5000)
    cut.write_bytes(cut.read_bytes()[:-12])
    landed = land_file(home, "anilist", "anime", cut, DAY + timedelta(days=2))
    assert landed is not None
    with pytest.raises(LandingError, match=landed.path):
        load_new_files(con, home, "anilist", "anime")
    assert lines(con) == [("1", 1)]
    assert con.execute("select count(*) from raw.loaded_file").fetchall() == [(1,)]


def test_a_tampered_file_is_not_loaded(con: duckdb.DuckDBPyConnection, home: Home, gz: Gz) -> None:
    """A payload of the right size but other content is refused by its hash."""
    landed = land_file(home, "anilist", "anime", gz("a.jsonl.gz", b"1\n"), DAY)
    assert landed is not None
    payload = landed.file(home)
    payload.write_bytes(bytes(reversed(payload.read_bytes())))
    with pytest.raises(LandingError, match="not what was landed"):
        load_new_files(con, home, "anilist", "anime")


def test_a_line_of_five_megabytes_arrives_whole(con: duckdb.DuckDBPyConnection, home: Home, gz: Gz) -> None:
    """Nothing is cut."""
    long = b'{"id": 1, "description": "' + b"x" * 5_000_000 + b'"}'
    land_file(home, "anilist", "anime", gz("a.jsonl.gz", b"1\n" + long + b"\n3\n"), DAY)
    load_new_files(con, home, "anilist", "anime")
    assert [(len(text), line) for text, line in lines(con)] == [(1, 1), (len(long), 2), (1, 3)]


def test_a_file_of_many_batches_arrives_whole(
    con: duckdb.DuckDBPyConnection, home: Home, gz: Gz, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However a file is cut for inserting, every line is stored once, with its own number."""
    monkeypatch.setattr("warehouse.load._INSERT_BYTES", 100_000)
    text = b"".join(b"%d,%d,5\n" % (n, n + 1) + b'"q""%d",1,5\n' % n * (n % 9000 == 0) for n in range(30_000))
    land_file(home, "kitsu", "ratings", gz("r.csv.gz", b"user_id,kitsu_id,score\n" + text), DAY)
    assert load_new_files(con, home, "kitsu", "ratings").rows == 30_004
    found = con.execute(
        "select count(distinct payload_line), min(payload_line), max(payload_line), count(malformed), "
        "count(*) filter (user_id like 'q%') from raw.raw_kitsu__ratings"
    ).fetchall()
    assert found == [(30_004, 2, 30_005, 0, 4)]


def test_a_deleted_warehouse_is_rebuilt_from_what_was_landed(warehouse: Warehouse, gz: Gz) -> None:
    """The raw table after deleting the warehouse file equals the one before."""
    home = warehouse.home
    land_file(home, "anilist", "anime", gz("a.jsonl.gz", b"1\n2\n"), DAY)
    found = []
    for _ in range(2):
        with warehouse.writer("load") as con:
            load_new_files(con, home, "anilist", "anime")
            found.append(con.execute("from raw.raw_anilist__anime").fetchall())
        home.warehouse_file.unlink()
    assert found[0] == found[1]


def test_a_new_source_gets_its_raw_table_by_loading(con: duckdb.DuckDBPyConnection, home: Home, gz: Gz) -> None:
    """A source beyond the three known ones needs no other preparation."""
    land_file(home, "imdb", "anime", gz("a.jsonl.gz", b"1\n"), DAY)
    load_new_files(con, home, "imdb", "anime")
    assert lines(con, "imdb") == [("1", 1)]


def test_an_unknown_stream_is_refused(con: duckdb.DuckDBPyConnection, home: Home) -> None:
    """Only streams with a raw shape can be loaded."""
    with pytest.raises(LandingError, match="unknown stream 'episodes'"):
        load_new_files(con, home, "anilist", "episodes")
