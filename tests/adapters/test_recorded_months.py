"""Months of ratings beside whole lists: found by their names, refused by name, and readable one by one."""

from pathlib import Path

import pytest

from adapters.errors import RecordingError
from adapters.recordings import read_month, read_recordings, recorded_months
from tests.adapters.test_recordings import RATINGS, put

MONTH = b"user_id,kitsu_id,score,updated_at\nu1,1,14,2024-04-01T00:00:00Z\n"


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Whole lists and two months of Kitsu, and one month of AniList."""
    put(tmp_path, "ratings/kitsu_ratings.csv.gz", RATINGS)
    put(tmp_path, "ratings/kitsu/202404.csv.gz", MONTH)
    put(tmp_path, "ratings/kitsu/202312.csv.gz", MONTH)
    put(tmp_path, "ratings/anilist/200401.csv.gz", MONTH.replace(b"kitsu", b"anilist"))
    (tmp_path / "ratings" / "kitsu" / "README.md").write_text("words")
    return tmp_path


def test_months_come_after_whole_lists_oldest_first(directory: Path) -> None:
    """Each says which month it is; whole lists say none."""
    found = [(one.source, one.month, one.lines) for one in read_recordings(directory)]
    assert found == [
        ("anilist", "2004-01", 1),
        ("kitsu", None, 2),
        ("kitsu", "2023-12", 1),
        ("kitsu", "2024-04", 1),
    ]
    assert {one.captured_at for one in read_recordings(directory)} == {None}


def test_months_can_be_listed_without_opening_them(directory: Path) -> None:
    """Whole lists are not among them."""
    put(directory, "ratings/kitsu/202405.csv.gz", b"")
    assert [(one.source, one.month) for one in recorded_months(directory)] == [
        ("anilist", "2004-01"),
        ("kitsu", "2023-12"),
        ("kitsu", "2024-04"),
        ("kitsu", "2024-05"),
    ]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("ratings/kitsu/202413.csv.gz", "202413 is no month; expected <YYYYMM>.csv.gz"),
        ("ratings/kitsu/202400.csv.gz", "202400 is no month"),
        ("ratings/kitsu/200312.csv.gz", "no source had users before 2004-01"),
        ("ratings/kitsu/2024-04.csv.gz", "not expected here"),
        ("ratings/kitsu/20240401.csv.gz", "not expected here"),
        ("ratings/kitsu/202404.csv", "not expected here"),
        ("ratings/imdb/202404.csv.gz", "unknown source 'imdb'"),
    ],
)
def test_a_name_that_is_no_month_is_refused(directory: Path, name: str, message: str) -> None:
    """The file (or the folder, where that is what nobody knows) is named."""
    path = put(directory, name, MONTH)
    with pytest.raises(RecordingError, match=message) as caught:
        read_recordings(directory)
    assert str(caught.value).startswith(str(path.parent if "imdb" in name else path))


def test_a_month_must_say_when_its_entries_changed(directory: Path) -> None:
    """The column that whole lists may leave out is required."""
    path = put(directory, "ratings/kitsu/202404.csv.gz", RATINGS)
    with pytest.raises(RecordingError) as caught:
        read_recordings(directory)
    assert str(caught.value) == (
        f"{path}:1: found the columns user_id, kitsu_id, score; expected user_id, kitsu_id, score, updated_at and "
        "optionally status, each once"
    )


def test_a_month_may_have_no_entries_but_not_no_header(directory: Path) -> None:
    """Later changes may have taken all of them away; an empty file tells nothing."""
    put(directory, "ratings/kitsu/202404.csv.gz", MONTH.splitlines()[0])
    assert read_recordings(directory)[-1].lines == 0
    put(directory, "ratings/kitsu/202404.csv.gz", b"\n")
    with pytest.raises(RecordingError, match=r"202404\.csv\.gz is empty: it has no lines"):
        read_recordings(directory)


def test_one_month_is_read_alone(directory: Path) -> None:
    """Whatever is the matter with its neighbours, or with a name beside it."""
    put(directory, "ratings/kitsu/202312.csv.gz", b"")
    put(directory, "ratings/kitsu/202413.csv.gz", b"")
    found = read_month(directory, "kitsu", "2024-04")
    assert (found.source, found.stream, found.month, found.lines) == ("kitsu", "ratings", "2024-04", 1)
    with pytest.raises(RecordingError, match=r"202312\.csv\.gz is empty"):
        read_month(directory, "kitsu", "2023-12")


def test_a_month_that_is_not_there_is_named_with_the_remedy(directory: Path) -> None:
    """The file that would hold it, what would have to stand in it, and that it can be left out."""
    with pytest.raises(RecordingError) as caught:
        read_month(directory, "kitsu", "2024-05")
    assert str(caught.value).startswith(f"{directory / 'ratings/kitsu/202405.csv.gz'} does not exist: record it there")
    assert str(caught.value).endswith("or leave 2024-05 out")
