"""Ratings files read fast or exactly: the same rows, the same line numbers, whatever the file looks like."""

import csv
import gzip
import io
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from warehouse.errors import LandingError
from warehouse.rawratings import FIELDS, read_ratings, split_fields

HEADER = b"user_id,kitsu_id,score,status,updated_at\n"
Row = dict[str, object]

#: Values with everything that makes CSV odd; U+2028 and \x0b end lines only for careless readers.
VALUES = st.text(st.sampled_from('ab1 ,"\né\u2028\x0b\x00\t'), max_size=6)
RECORDS = st.lists(VALUES, min_size=5, max_size=5).filter(lambda fields: "".join(fields).count("\n") <= 5)
LINES = st.lists(st.tuples(RECORDS, st.sampled_from(["", "\n", "\n\n", " \n"])), max_size=12)


def read(path: Path, content: bytes, source: str = "kitsu", block_bytes: int = 8_000_000) -> list[Row]:
    """Every row of a ratings file with this content, as dictionaries without the nulls."""
    path.write_bytes(gzip.compress(content, mtime=0))
    rows = [row for table in read_ratings(path, source, block_bytes) for row in table.to_pylist()]
    return [{name: value for name, value in row.items() if value is not None} for row in rows]


def quoted(fields: list[str]) -> str:
    """One CSV record with all fields quoted, by Python's own writer."""
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow(fields)
    return out.getvalue()


@settings(max_examples=150)
@given(lines=LINES, block_bytes=st.integers(1, 60), bom=st.booleans())
@example(lines=[(["a\nb", "\n", '"', ",", ""], "\n")] * 3, block_bytes=1, bom=True)
def test_what_a_csv_writer_wrote_is_read_back_with_its_line_numbers(
    tmp_path_factory: pytest.TempPathFactory,
    lines: list[tuple[list[str], str]],
    block_bytes: int,
    bom: bool,
) -> None:
    """Any values (with up to five line ends), blank lines and block size: verbatim, at their first line."""
    text, expected = "", []
    for fields, gap in lines:
        expected.append(dict(zip(FIELDS, fields, strict=True)) | {"payload_line": 2 + text.count("\n")})
        text += quoted(fields) + gap
    content = (b"\xef\xbb\xbf" if bom else b"") + HEADER + text.encode()
    path = tmp_path_factory.mktemp("csv") / "ratings.csv.gz"
    assert read(path, content, block_bytes=block_bytes) == expected


PLAIN = st.text(st.characters(exclude_characters='",\n\r', exclude_categories=["Cs"]), max_size=6)


@settings(max_examples=100)
@given(
    lines=st.lists(st.lists(PLAIN, min_size=1, max_size=6), max_size=12),
    ends=st.sampled_from(["\n", "\r\n"]),
    block_bytes=st.sampled_from([7, 100, 8_000_000]),
)
def test_any_lines_without_quotes_give_one_row_each(
    tmp_path_factory: pytest.TempPathFactory, lines: list[list[str]], ends: str, block_bytes: int
) -> None:
    """Five fields are a row; another number is malformed with the whole line; blank lines only count."""
    expected = []
    for number, fields in enumerate(lines, start=2):
        line = ",".join(fields)
        if len(fields) == 5:
            expected.append(dict(zip(FIELDS, fields, strict=True)) | {"payload_line": number})
        elif line and not line.isspace():
            expected.append({"malformed": line, "payload_line": number})
    text = ends.join(["user_id,kitsu_id,score,status,updated_at", *(",".join(fields) for fields in lines), ""])
    path = tmp_path_factory.mktemp("csv") / "ratings.csv.gz"
    assert read(path, text.encode(), block_bytes=block_bytes) == expected


def test_one_odd_line_does_not_change_how_the_others_are_read(tmp_path: Path) -> None:
    """A file read fast and the same file with a quote in its last line give the same rows before it."""
    plain = "".join(f"{n},{n + 1},{n % 11},,\n" for n in range(500)).encode()
    fast = read(tmp_path / "a.csv.gz", HEADER + plain)
    exact = read(tmp_path / "b.csv.gz", HEADER + plain + b'"x",1,1,,\n')
    assert len(fast) == 500
    assert exact == [*fast, {**dict(zip(FIELDS, ("x", "1", "1", "", ""), strict=True)), "payload_line": 502}]


def test_a_stray_quote_costs_its_own_line_only(tmp_path: Path) -> None:
    """A quote that is never closed, or closed in the wrong place, makes one malformed line."""
    content = b'user_id,kitsu_id,score\n"u1,5,7\nu2,5,8\n"u3"x,5,8\nu4,5,8\n"u5",5,8\n'
    assert read(tmp_path / "a.csv.gz", content) == [
        {"malformed": '"u1,5,7', "payload_line": 2},
        {"user_id": "u2", "anime_id": "5", "score": "8", "payload_line": 3},
        {"malformed": '"u3"x,5,8', "payload_line": 4},
        {"user_id": "u4", "anime_id": "5", "score": "8", "payload_line": 5},
        {"user_id": "u5", "anime_id": "5", "score": "8", "payload_line": 6},
    ]


def test_columns_may_come_in_any_order_and_optional_ones_may_be_absent(tmp_path: Path) -> None:
    """Values follow the header's names; what the file does not have is null, what is blank stays ''."""
    content = b"score,updated_at,user_id,myanimelist_id\n7,,u1,5\n"
    rows = read(tmp_path / "a.csv.gz", content, "myanimelist")
    assert rows == [{"user_id": "u1", "anime_id": "5", "score": "7", "updated_at": "", "payload_line": 2}]


def test_bytes_that_are_no_text_become_replacement_characters(tmp_path: Path) -> None:
    """Invalid UTF-8 does not stop the load; the row keeps its place."""
    rows = read(tmp_path / "a.csv.gz", b"user_id,kitsu_id,score\nu\xff1,5,7\nu2,5,8\n")
    assert [row["user_id"] for row in rows] == ["u\ufffd1", "u2"]


def test_a_line_of_five_megabytes_is_one_row(tmp_path: Path) -> None:
    """Long values are kept whole, quoted or not, and lines after them keep their numbers."""
    long = b"x" * 5_000_000
    content = b"user_id,kitsu_id,score\n" + long + b',5,7\n"' + long + b'",5,7\nu3,5,7\n'
    rows = read(tmp_path / "a.csv.gz", content, block_bytes=100_000)
    assert [(len(str(row["user_id"])), row["payload_line"]) for row in rows] == [
        (5_000_000, 2),
        (5_000_000, 3),
        (2, 4),
    ]


def test_values_that_look_like_nulls_or_numbers_stay_text(tmp_path: Path) -> None:
    """NULL, NA, 007, 1e3 and true are what they are written as."""
    content = b"user_id,kitsu_id,score\nNULL,007,1e3\nNA,,true\n"
    rows = read(tmp_path / "a.csv.gz", content)
    assert [(row["user_id"], row["anime_id"], row["score"]) for row in rows] == [
        ("NULL", "007", "1e3"),
        ("NA", "", "true"),
    ]


@pytest.mark.parametrize(
    "header",
    [
        b"user,anime,rating\n",
        b"user_id,anilist_id,score\n",
        b"user_id,kitsu_id,score,score\n",
        b"user_id,kitsu_id,score,extra\n",
        b"user_id,kitsu_id\n",
        b"\n\n",
        b"",
    ],
)
def test_other_columns_are_an_error_that_names_them(tmp_path: Path, header: bytes) -> None:
    """A header without the expected columns names file, what was found and what was expected."""
    with pytest.raises(LandingError, match=r"a\.csv\.gz:1: expected the columns user_id, kitsu_id, score"):
        read(tmp_path / "a.csv.gz", header)


def test_a_header_alone_gives_no_rows(tmp_path: Path) -> None:
    """No ratings are no rows, with or without a line end."""
    assert read(tmp_path / "a.csv.gz", HEADER) == []
    assert read(tmp_path / "b.csv.gz", HEADER.rstrip()) == []


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        ("a,b", ["a", "b"]),
        ('"a,b",c', ["a,b", "c"]),
        ('"a""b"', ['a"b']),
        ('a"b,c', ['a"b', "c"]),
        ("", [""]),
        (",", ["", ""]),
        ('"",""', ["", ""]),
        ('a,"",', ["a", "", ""]),
        ('"a', None),
        ('"a"b,c', None),
        ('a,"b', None),
    ],
)
def test_fields_are_split_as_rfc_4180_says(line: str, fields: list[str] | None) -> None:
    """Quotes protect commas and double themselves; text after a closing quote, or none, is malformed."""
    assert split_fields(line) == fields
