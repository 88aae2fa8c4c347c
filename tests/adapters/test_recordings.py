"""Recordings directories are taken as a whole or refused with a message that names the file."""

import gzip
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.errors import RecordingError
from adapters.recordings import read_recordings

REAL = Path(__file__).parents[2].parent / "shared" / "data"
RATINGS = b"user_id,kitsu_id,score\nu1,1,14\nu2,2,\n"


def put(directory: Path, name: str, content: bytes) -> Path:
    """A gzip file with the content, at the name under the directory."""
    path = directory / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(content, mtime=0))
    return path


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    """A directory with every kind of recording, and notes that are none of our business."""
    put(tmp_path, "catalogue/kitsu/anime.jsonl.gz", b'{"id": "1"}\n\n{"id": "2"}')
    put(tmp_path, "catalogue/anilist/20260302.jsonl.gz", b"2\n")
    put(tmp_path, "catalogue/anilist/20251231.jsonl.gz", b"1\n")
    put(tmp_path, "catalogue/anilist/anime.jsonl.gz", b"3\n")
    put(tmp_path, "ratings/kitsu_ratings.csv.gz", RATINGS)
    for name in ("README.md", "catalogue/notes.txt", "catalogue/kitsu/.hidden.gz", "ratings/LICENSE"):
        (tmp_path / name).write_text("words")
    put(tmp_path, "identity/truth.csv.gz", b"other things are left alone\n")
    return tmp_path


def test_everything_of_the_layout_is_found_oldest_first(whole: Path) -> None:
    """By source and stream; dated files by day, the undated one last; line counts without blank lines."""
    found = read_recordings(whole)
    assert [(one.source, one.stream, one.path.name, one.lines) for one in found] == [
        ("anilist", "anime", "20251231.jsonl.gz", 1),
        ("anilist", "anime", "20260302.jsonl.gz", 1),
        ("anilist", "anime", "anime.jsonl.gz", 1),
        ("kitsu", "anime", "anime.jsonl.gz", 2),
        ("kitsu", "ratings", "kitsu_ratings.csv.gz", 2),
    ]
    assert [one.captured_at for one in found[:3]] == [
        datetime(2025, 12, 31, tzinfo=UTC),
        datetime(2026, 3, 2, tzinfo=UTC),
        None,
    ]


def test_one_stream_can_be_read_alone(whole: Path) -> None:
    """Files of the others are then not opened."""
    (whole / "catalogue/anilist/anime.jsonl.gz").write_bytes(b"")
    assert [one.source for one in read_recordings(whole, "kitsu", "ratings")] == ["kitsu"]
    with pytest.raises(RecordingError, match="empty"):
        read_recordings(whole)


@pytest.mark.parametrize("absent", ["catalogue", "ratings"])
def test_either_folder_may_be_absent(whole: Path, absent: str) -> None:
    """Only ratings, or only a catalogue, is a directory too."""
    (whole / absent).rename(whole / "elsewhere")
    assert read_recordings(whole)


def test_a_missing_directory_is_named_with_what_was_expected(tmp_path: Path) -> None:
    """The message tells the layout; a file in place of a directory is told apart."""
    with pytest.raises(RecordingError, match=r"nowhere does not exist; expected .*anime\.jsonl\.gz"):
        read_recordings(tmp_path / "nowhere")
    file = put(tmp_path, "file.gz", b"x")
    with pytest.raises(RecordingError, match=r"file\.gz is not a directory"):
        read_recordings(file)


def test_a_directory_without_recordings_says_what_was_expected(tmp_path: Path) -> None:
    """Empty, or with empty folders."""
    with pytest.raises(RecordingError, match="holds no recordings; expected catalogue/<source>"):
        read_recordings(tmp_path)
    (tmp_path / "catalogue" / "kitsu").mkdir(parents=True)
    with pytest.raises(RecordingError, match="holds no recordings"):
        read_recordings(tmp_path)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("catalogue/crunchyroll/anime.jsonl.gz", "unknown source 'crunchyroll'; known are anilist"),
        ("ratings/imdb_ratings.csv.gz", "unknown source 'imdb'"),
        ("ratings/kitsu.csv.gz", "not expected here"),
        ("catalogue/kitsu/20261301.jsonl.gz", "20261301 is no date"),
        ("catalogue/kitsu/00000000.jsonl.gz", "00000000 is no date"),
        ("catalogue/kitsu/yesterday.jsonl.gz", "not expected here"),
        ("catalogue/kitsu/anime.jsonl", "not expected here"),
        ("catalogue/anime.jsonl.gz", "not expected here"),
    ],
)
def test_a_name_that_means_nothing_is_an_error(whole: Path, name: str, message: str) -> None:
    """Data under an unknown name is not passed over in silence; the file is named."""
    path = put(whole, name, b"1\n")
    with pytest.raises(RecordingError, match=message) as caught:
        read_recordings(whole)
    assert str(path if "unknown source 'crunchyroll'" not in message else path.parent) in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [b"", gzip.compress(b"", mtime=0), gzip.compress(b"\n \n", mtime=0), gzip.compress(b"\xef\xbb\xbf", mtime=0)],
)
def test_an_empty_file_is_an_error(whole: Path, content: bytes) -> None:
    """Zero bytes, zero lines, only blank lines, only a byte order mark."""
    path = whole / "catalogue/kitsu/anime.jsonl.gz"
    path.write_bytes(content)
    with pytest.raises(RecordingError, match=f"{path} is empty"):
        read_recordings(whole)


def test_ratings_without_ratings_are_an_error(whole: Path) -> None:
    """A header alone tells nothing."""
    path = put(whole, "ratings/kitsu_ratings.csv.gz", b"user_id,kitsu_id,score\n")
    with pytest.raises(RecordingError, match=f"{path} is empty: it has a header but no ratings"):
        read_recordings(whole)


def test_a_truncated_file_is_named_with_the_line_where_it_breaks(whole: Path) -> None:
    """The line is the one the cut fell into, not simply the first."""
    lines = b"".join(b'{"id": %d, "noise": "%s"}\n' % (n, os.urandom(30).hex().encode()) for n in range(2000))
    path = put(whole, "catalogue/kitsu/anime.jsonl.gz", lines)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(RecordingError, match=r"anime\.jsonl\.gz:\d+: the file is cut off") as caught:
        read_recordings(whole)
    line = int(str(caught.value).split(".gz:")[1].split(":")[0])
    assert 800 < line < 1200


def test_a_damaged_file_is_named(whole: Path) -> None:
    """A wrong checksum, and foreign bytes after the end, are found by reading to the end."""
    path = put(whole, "catalogue/kitsu/anime.jsonl.gz", b"1\n2\n")
    content = path.read_bytes()
    for damaged in (content[:-8] + b"\x00" * 8, content + b"trailing"):
        path.write_bytes(damaged)
        with pytest.raises(RecordingError, match=r"anime\.jsonl\.gz:3: the file is cut off or damaged"):
            read_recordings(whole)


def test_a_file_that_is_no_gzip_is_named(whole: Path) -> None:
    """Plain text under a gzip name says what to do."""
    path = whole / "catalogue/kitsu/anime.jsonl.gz"
    path.write_bytes(b'{"id": 1}\n')
    with pytest.raises(RecordingError, match=f"{path} is not a gzip file"):
        read_recordings(whole)


def test_several_gzip_members_are_one_file(whole: Path) -> None:
    """Files put together with `cat a.gz b.gz` are read to the end of the last."""
    path = whole / "catalogue/kitsu/anime.jsonl.gz"
    path.write_bytes(gzip.compress(b"1\n2\n", mtime=0) + gzip.compress(b"3\n", mtime=0))
    assert {one.path: one.lines for one in read_recordings(whole)}[path] == 3


@pytest.mark.parametrize(
    "header",
    [
        b"user,anime,rating",
        b"user_id,anilist_id,score",
        b"user_id,kitsu_id",
        b"user_id,kitsu_id,score,score",
        b"user_id,kitsu_id,score,extra",
        b"user_id;kitsu_id;score",
    ],
)
def test_other_columns_are_named_with_the_expected_ones(whole: Path, header: bytes) -> None:
    """File, line, what was found and what was expected."""
    path = put(whole, "ratings/kitsu_ratings.csv.gz", b"\n" + header + b"\n1,2,3\n")
    found = header.decode().replace(",", ", ")
    with pytest.raises(RecordingError) as caught:
        read_recordings(whole)
    message = str(caught.value)
    assert message.startswith(f"{path}:2: found the columns {found}; expected user_id, kitsu_id, score")


@pytest.mark.parametrize(
    "header",
    [
        b"\xef\xbb\xbfuser_id,kitsu_id,score",
        b'"user_id","kitsu_id","score"',
        b"score, user_id, kitsu_id\r",
        b"user_id,kitsu_id,score,status,updated_at",
    ],
)
def test_a_header_may_be_written_differently(whole: Path, header: bytes) -> None:
    """A byte order mark, quotes, blanks, another order, optional columns."""
    path = put(whole, "ratings/kitsu_ratings.csv.gz", header + b"\n1,2,3\n")
    assert {one.path: one.lines for one in read_recordings(whole)}[path] == 1


def test_bad_lines_are_not_judged_here(whole: Path) -> None:
    """What is no JSON, or has the wrong number of fields, goes to quarantine later."""
    put(whole, "catalogue/kitsu/anime.jsonl.gz", b"not json\n\xff\xfe\n")
    put(whole, "ratings/kitsu_ratings.csv.gz", RATINGS + b"1,2\n,,,,,\n")
    assert sum(one.lines for one in read_recordings(whole, "kitsu")) == 6


@pytest.mark.parametrize("link", ["catalogue/kitsu/anime.jsonl.gz", "catalogue/kitsu", "catalogue"])
def test_no_link_leads_out_of_the_directory(tmp_path: Path, link: str) -> None:
    """A file, or a folder on its way, that is a link to somewhere else is refused with where it leads."""
    outside = tmp_path / "outside"
    put(outside, "catalogue/kitsu/anime.jsonl.gz", b"1\n")
    inside = tmp_path / "inside"
    (inside / link).parent.mkdir(parents=True)
    (inside / link).symlink_to(outside / link)
    with pytest.raises(RecordingError, match="leads out of"):
        read_recordings(inside)


def test_links_within_the_directory_and_to_the_directory_are_fine(whole: Path, tmp_path: Path) -> None:
    """The directory itself may be reached by a link, and files may link to each other."""
    (whole / "catalogue/kitsu/20260101.jsonl.gz").symlink_to(whole / "catalogue/kitsu/anime.jsonl.gz")
    other = tmp_path / "link"
    other.symlink_to(whole)
    assert len(read_recordings(other)) == 6


def test_a_link_to_nothing_and_a_folder_named_like_a_file_are_errors(whole: Path) -> None:
    """Neither is taken for an absent file."""
    path = whole / "catalogue/kitsu/20260101.jsonl.gz"
    path.symlink_to(whole / "gone")
    with pytest.raises(RecordingError, match=r"20260101\.jsonl\.gz cannot be read"):
        read_recordings(whole)
    path.unlink()
    path.mkdir()
    with pytest.raises(RecordingError, match=r"20260101\.jsonl\.gz cannot be read"):
        read_recordings(whole)


@pytest.mark.real_data
@pytest.mark.skipif(not REAL.is_dir(), reason="../shared/data is not here")
def test_the_real_data_is_a_recordings_directory() -> None:
    """Its counts are those its README gives."""
    found = {(one.source, one.stream): one.lines for one in read_recordings(REAL)}
    assert found == {
        ("anilist", "anime"): 4328,
        ("kitsu", "anime"): 3886,
        ("myanimelist", "anime"): 23529,
        ("myanimelist", "ratings"): 255531,
    }
