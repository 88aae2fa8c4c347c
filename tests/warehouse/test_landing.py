"""Payloads land verbatim, once, and whole or not at all."""

import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.warehouse.conftest import DAY, killed_before
from warehouse.errors import LandingError
from warehouse.home import Home
from warehouse.landing import (
    adopt,
    append_events,
    land_file,
    landed_files,
    landed_streams,
    read_events,
    verify,
)

Gz = Callable[[str, bytes], Path]
STEPS_OF_LANDING = 40


def contents(directory: Path) -> dict[str, bytes]:
    """Every file under the directory that is not hidden, by relative path."""
    files = (path for path in directory.rglob("*") if path.is_file() and not path.name.startswith("."))
    return {path.relative_to(directory).as_posix(): path.read_bytes() for path in files}


def test_a_landed_file_is_the_file_byte_for_byte_with_a_relative_manifest(home: Home, gz: Gz) -> None:
    """The copy is verbatim; its name says when it was captured; its manifest holds no absolute path."""
    file = gz("anime.jsonl.gz", b'{"id": 1}\n')
    landed = land_file(home, "anilist", "anime", file, DAY)
    assert landed is not None
    assert landed.file(home).read_bytes() == file.read_bytes()
    assert landed.path == f"anilist/anime/20260301T000000Z-{landed.sha256[:12]}.jsonl.gz"
    manifest = home.landing / f"{landed.path}.manifest.json"
    assert json.loads(manifest.read_text())["path"] == landed.path
    assert str(home.root.parent) not in manifest.read_text()
    assert landed_files(home, "anilist", "anime") == [landed]


@pytest.mark.parametrize("extension", [".jsonl.gz", ".csv.gz", ".tsv.gz", ".responses.jsonl.gz"])
def test_a_landed_file_keeps_its_kind(home: Home, gz: Gz, extension: str) -> None:
    """What the file is can be told from its name, whatever it was called before."""
    landed = land_file(home, "imdb", "title_basics", gz(f"some.name{extension}", b"1\n"), DAY)
    assert landed is not None
    assert landed.path == f"imdb/title_basics/20260301T000000Z-{landed.sha256[:12]}{extension}"


def land_sequence(home: Home, days: list[tuple[int | None, bytes]], hour: int) -> None:
    """Land (captured day or None, content) one after the other, beginning at an hour of the landing day."""
    file = home.root.parent / "ratings.csv.gz"
    for minute, (day, content) in enumerate(days):
        file.write_bytes(gzip.compress(content, mtime=0))
        captured = None if day is None else DAY + timedelta(days=day)
        moment = DAY + timedelta(days=3, hours=hour, minutes=minute)
        landed = land_file(home, "kitsu", "ratings", file, captured, landed_at=moment)
        assert landed is None or gzip.decompress(landed.file(home).read_bytes()) == content


@settings(max_examples=30)
@given(days=st.lists(st.tuples(st.none() | st.integers(0, 5), st.binary(max_size=9)), min_size=1, max_size=8))
def test_whatever_lands_can_be_read_back(
    tmp_path_factory: pytest.TempPathFactory, days: list[tuple[int | None, bytes]]
) -> None:
    """Any sequence of dated and undated files is there verbatim and in order of time; no content is lost."""
    home = Home(tmp_path_factory.mktemp("landing") / "home")
    land_sequence(home, days, hour=0)
    found = landed_files(home, "kitsu", "ratings")
    assert found == sorted(found, key=lambda one: (one.captured_at, one.landed_at, one.path))
    assert {gzip.decompress(one.file(home).read_bytes()) for one in found} == {content for _, content in days}
    for one in found:
        verify(home, one)


@settings(max_examples=30)
@given(dated=st.dictionaries(st.integers(0, 2), st.binary(max_size=1)), undated=st.none() | st.binary(max_size=1))
def test_landing_the_same_directory_again_adds_nothing(
    tmp_path_factory: pytest.TempPathFactory, dated: dict[int, bytes], undated: bytes | None
) -> None:
    """One file for each day before the landing, and perhaps an undated one: twice is once."""
    home = Home(tmp_path_factory.mktemp("landing") / "home")
    days: list[tuple[int | None, bytes]] = [*sorted(dated.items())]
    if undated is not None:
        days.append((None, undated))
    land_sequence(home, days, hour=0)
    first = landed_files(home, "kitsu", "ratings")
    land_sequence(home, days, hour=1)
    assert landed_files(home, "kitsu", "ratings") == first


def test_the_same_content_is_nothing_new_but_a_return_to_it_is(home: Home, gz: Gz) -> None:
    """A, A lands once; A, B, A lands three times, for the catalogue did change twice."""
    one, two = gz("one.jsonl.gz", b"1\n"), gz("two.jsonl.gz", b"2\n")
    times = iter(DAY + timedelta(hours=hour) for hour in range(9))
    landed = [
        land_file(home, "kitsu", "anime", file, None, landed_at=next(times)) for file in (one, one, two, two, one)
    ]
    assert [one is not None for one in landed] == [True, False, True, False, True]


def test_an_undated_file_beside_a_later_dated_one_lands_once(home: Home, gz: Gz) -> None:
    """A directory with a dated file from after the landing day adds nothing when it is landed again."""
    dated, undated = gz("dated.jsonl.gz", b"1\n"), gz("undated.jsonl.gz", b"2\n")
    for hour in range(3):
        moment = DAY + timedelta(hours=hour)
        land_file(home, "kitsu", "anime", dated, DAY + timedelta(days=9), landed_at=moment)
        land_file(home, "kitsu", "anime", undated, None, landed_at=moment)
    assert len(landed_files(home, "kitsu", "anime")) == 2


def test_a_kill_at_any_moment_leaves_a_whole_landed_file_or_none(home: Home, gz: Gz, tmp_path: Path) -> None:
    """Killed before any of its file operations, landing happened or not; the next call finishes it."""
    file = gz("anime.jsonl.gz", b'{"id": 1}\n' * 1000)
    for step in range(1, STEPS_OF_LANDING):
        home = Home(tmp_path / f"home{step}")

        def land(home: Home = home) -> object:
            return land_file(home, "anilist", "anime", file, DAY)

        was_killed = killed_before(step, land)
        before = landed_files(home, "anilist", "anime")
        assert len(before) <= 1
        assert (land() is None) == bool(before)
        (landed,) = landed_files(home, "anilist", "anime")
        assert sorted(contents(home.landing)) == [landed.path, f"{landed.path}.manifest.json"]
        assert list(landed.file(home).parent.glob("*.part")) == []
        verify(home, landed)
        if not was_killed:
            assert step > 5
            return
    pytest.fail("landing takes more file operations than this test expects")


def test_a_changed_missing_or_cut_payload_is_an_error_that_names_it(home: Home, gz: Gz) -> None:
    """A payload that is gone, of another size or of other content is never passed over."""
    landed = land_file(home, "anilist", "anime", gz("a.jsonl.gz", b"12345\n"), DAY)
    assert landed is not None
    payload = landed.file(home)
    original = payload.read_bytes()
    payload.write_bytes(original[:-1] + b"x")
    with pytest.raises(LandingError, match="not what was landed"):
        verify(home, landed)
    payload.write_bytes(original[:-1])
    with pytest.raises(LandingError, match=payload.name):
        landed_files(home, "anilist", "anime")
    payload.unlink()
    with pytest.raises(LandingError, match="missing"):
        landed_files(home, "anilist", "anime")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"path": 1}', "\xff"])
def test_a_broken_manifest_is_an_error_that_names_it(home: Home, gz: Gz, text: str) -> None:
    """A manifest that we cannot have written is reported, not skipped."""
    landed = land_file(home, "anilist", "anime", gz("a.jsonl.gz", b"1\n"), DAY)
    assert landed is not None
    manifest = home.landing / f"{landed.path}.manifest.json"
    manifest.write_bytes(text.encode("latin-1"))
    with pytest.raises(LandingError, match=r"manifest\.json"):
        landed_files(home, "anilist", "anime")


def test_a_manifest_of_another_file_is_an_error(home: Home, gz: Gz) -> None:
    """A manifest copied beside another payload does not vouch for it."""
    landed = land_file(home, "anilist", "anime", gz("a.jsonl.gz", b"1\n"), DAY)
    assert landed is not None
    manifest = home.landing / f"{landed.path}.manifest.json"
    manifest.rename(manifest.with_name(f"other.jsonl.gz{'.manifest.json'}"))
    with pytest.raises(LandingError, match="not the file beside it"):
        landed_files(home, "anilist", "anime")


@pytest.mark.parametrize(
    ("source", "stream", "name"),
    [
        ("../out", "anime", "a.jsonl.gz"),
        ("anilist", "a/b", "a.jsonl.gz"),
        ("osusume", "anime", "a.jsonl.gz"),
        ("anilist", "anime", "a.jsonl"),
        ("anilist", "anime", "absent.jsonl.gz"),
    ],
)
def test_what_cannot_be_landed_is_refused(home: Home, gz: Gz, source: str, stream: str, name: str) -> None:
    """Names that lead elsewhere, our own folder, other kinds of file and missing files are LandingErrors."""
    file = gz(name, b"1\n")
    if name.startswith("absent"):
        file.unlink()
    with pytest.raises(LandingError):
        land_file(home, source, stream, file, DAY)


def test_a_time_without_zone_is_refused(home: Home, gz: Gz) -> None:
    """Nobody could tell what a naive captured_at means."""
    with pytest.raises(LandingError, match="time zone"):
        land_file(home, "anilist", "anime", gz("a.jsonl.gz", b"1\n"), datetime(2026, 3, 1))


def test_a_time_in_another_zone_is_kept_in_utc(home: Home, gz: Gz) -> None:
    """captured_at is converted, not relabelled."""
    east = datetime.fromisoformat("2026-03-01T01:00:00+09:00")
    landed = land_file(home, "anilist", "anime", gz("a.jsonl.gz", b"1\n"), east)
    assert landed is not None
    assert landed.captured_at == datetime(2026, 2, 28, 16, tzinfo=UTC)
    assert "20260228T160000Z" in landed.path


def fill(home: Home, gz: Gz) -> None:
    """Two streams of payloads and two logs of events."""
    land_file(home, "anilist", "anime", gz("a.jsonl.gz", b"1\n"), DAY)
    land_file(home, "anilist", "anime", gz("b.jsonl.gz", b"2\n"), DAY)
    land_file(home, "kitsu", "ratings", gz("c.csv.gz", b"3\n"), None)
    append_events(home, "key_events", [{"event": "born", "anime_key": 1}])
    append_events(home, "key_events", [{"event": "born", "anime_key": 2}])
    append_events(home, "promotions", [{"model": "ease"}])


def test_adopting_takes_everything_over_verbatim_and_once(home: Home, gz: Gz, tmp_path: Path) -> None:
    """The adopted landing equals the other's byte for byte; adopting again takes nothing."""
    other = Home(tmp_path / "other")
    fill(other, gz)
    assert adopt(home, other) == 6
    assert contents(home.landing) == contents(other.landing)
    assert adopt(home, other) == 0
    assert adopt(other, other) == 0
    assert landed_streams(home) == [("anilist", "anime"), ("kitsu", "ratings")]
    assert read_events(home, "key_events") == read_events(other, "key_events")


def test_adopting_again_takes_what_was_added_since(home: Home, gz: Gz, tmp_path: Path) -> None:
    """Only new payloads and new events come over; what was adopted stays first."""
    other = Home(tmp_path / "other")
    fill(other, gz)
    adopt(home, other)
    append_events(other, "key_events", [{"event": "retired", "anime_key": 1}])
    land_file(other, "anilist", "anime", gz("d.jsonl.gz", b"4\n"), DAY + timedelta(days=1))
    assert adopt(home, other) == 2
    assert contents(home.landing) == contents(other.landing)


def test_a_kill_during_adoption_is_made_good_by_repeating_it(gz: Gz, tmp_path: Path) -> None:
    """Killed before every seventh file operation, a repeated adoption ends with the whole landing."""
    other = Home(tmp_path / "other")
    fill(other, gz)
    for step in range(1, 400, 7):
        home = Home(tmp_path / f"home{step}")

        def take_over(home: Home = home) -> object:
            return adopt(home, other)

        was_killed = killed_before(step, take_over)
        adopt(home, other)
        assert contents(home.landing) == contents(other.landing)
        if not was_killed:
            return
    pytest.fail("adopting takes more file operations than this test expects")


def test_adopting_a_contradicting_history_changes_nothing(home: Home, gz: Gz, tmp_path: Path) -> None:
    """Two HOMEs that gave keys independently cannot be joined; the refusal comes before any copying."""
    other = Home(tmp_path / "other")
    fill(other, gz)
    append_events(home, "key_events", [{"event": "born", "anime_key": 99}])
    before = contents(home.landing)
    with pytest.raises(LandingError, match="different histories"):
        adopt(home, other)
    assert contents(home.landing) == before


def test_adopting_from_a_place_without_landing_is_refused(home: Home, tmp_path: Path) -> None:
    """A directory that is no HOME is named."""
    with pytest.raises(LandingError, match="no landing/"):
        adopt(home, Home(tmp_path / "nothing"))
