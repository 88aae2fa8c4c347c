"""What a run reads, and which HOME it may be put into."""

import gzip
import json
from pathlib import Path

import pytest

from orchestration.demoworld import make_demo
from orchestration.errors import InputError
from orchestration.inputs import (
    read_input,
    read_marker,
    recordings_directory,
    refuse_other_world,
    resolve_input,
    write_marker,
)
from orchestration.settings import Settings, load_settings
from warehouse.home import Home
from warehouse.landing import land_file


@pytest.fixture
def recordings(tmp_path: Path) -> Path:
    """A directory with one record of one source."""
    directory = tmp_path / "recordings"
    file = directory / "catalogue" / "kitsu" / "anime.jsonl.gz"
    file.parent.mkdir(parents=True)
    file.write_bytes(gzip.compress(b'{"id": "1"}\n'))
    return directory


def small_demo(home: Path, **others: object) -> Settings:
    """Settings for a demo world that is made in no time."""
    return load_settings(home=home, demo_anime=60, demo_users=40, demo_ratings=150, **others)


def test_a_recordings_directory_is_read(tmp_path: Path, recordings: Path) -> None:
    """Its files become recordings."""
    chosen = resolve_input(load_settings(home=tmp_path / "home", input=str(recordings)))
    assert (chosen.kind, chosen.directory, chosen.other) == ("recordings", recordings, None)
    assert [(one.source, one.stream, one.lines) for one in read_input(chosen)] == [("kitsu", "anime", 1)]


def test_a_home_of_an_earlier_run_is_recognised_by_its_landing(tmp_path: Path, recordings: Path) -> None:
    """There is nothing to land from; its landing is taken over."""
    other = Home(tmp_path / "earlier")
    land_file(other, "kitsu", "anime", recordings / "catalogue" / "kitsu" / "anime.jsonl.gz", None)
    settings = load_settings(home=tmp_path / "home", input=str(other.root))
    chosen = resolve_input(settings)
    assert (chosen.kind, chosen.directory, chosen.other) == ("home", None, other)
    assert read_input(chosen) == []
    assert recordings_directory(settings) is None


def test_a_process_that_works_elsewhere_is_told_the_whole_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`~` and relative paths are spelled out, for recordings and for a HOME; the other inputs go by their names."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "earlier" / "landing").mkdir(parents=True)
    told = {name: resolve_input(load_settings(input=name)).setting for name in ("~/rec", "rec", "~/earlier", "earlier")}
    recorded, earlier = str(tmp_path / "rec"), str(tmp_path / "earlier")
    assert told == {"~/rec": recorded, "rec": recorded, "~/earlier": earlier, "earlier": earlier}
    assert [resolve_input(load_settings(input=name)).setting for name in ("demo", "live")] == ["demo", "live"]


def test_the_earlier_home_passes_on_its_world(tmp_path: Path) -> None:
    """A rebuilt demo world is still a demo world."""
    other = Home(tmp_path / "earlier")
    other.landing.mkdir(parents=True)
    demo = resolve_input(small_demo(other.root))
    write_marker(other, demo)
    chosen = resolve_input(load_settings(home=tmp_path / "home", input=str(other.root)))
    assert chosen.world == demo.world


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: None, "does not exist"),
        (lambda path: path.mkdir(), "holds no recordings"),
        (lambda path: path.write_text("x"), "is not a directory"),
    ],
)
def test_an_input_that_is_none_is_refused_with_what_was_expected(tmp_path: Path, make, said: str) -> None:
    """The message names the path and the layout."""
    make(tmp_path / "input")
    chosen = resolve_input(load_settings(input=str(tmp_path / "input")))
    with pytest.raises(InputError, match=said) as refused:
        read_input(chosen)
    assert str(tmp_path / "input") in str(refused.value)
    assert "catalogue/<source>/anime.jsonl.gz" in str(refused.value)


def test_live_is_the_services_that_the_settings_name(tmp_path: Path) -> None:
    """There is nothing to land from, and its HOME is one of real records, as that of recordings is."""
    chosen = resolve_input(load_settings(home=tmp_path, input="live", sources="kitsu,anilist"))
    assert (chosen.kind, chosen.directory, chosen.other) == ("live", None, None)
    assert chosen.label == "the live services anilist, kitsu"
    assert chosen.world == {"world": "recordings"}
    assert read_input(chosen) == []


def test_the_demo_world_is_made_once(tmp_path: Path) -> None:
    """The second time the same files are found, whoever asks."""
    chosen = resolve_input(small_demo(tmp_path / "home"))
    told: list[str] = []
    directory = make_demo(chosen, told.append)
    stamps = {path: path.stat().st_mtime_ns for path in directory.rglob("*")}
    assert told
    assert make_demo(chosen, told.append) == directory
    assert {path: path.stat().st_mtime_ns for path in directory.rglob("*")} == stamps
    assert {one.source for one in read_input(chosen)} == {"anilist", "kitsu", "myanimelist"}


def test_a_demo_world_that_cannot_be_is_refused(tmp_path: Path) -> None:
    """More ratings than pairs of users and anime."""
    settings = load_settings(home=tmp_path, demo_anime=20, demo_users=10, demo_ratings=100_000)
    with pytest.raises(InputError, match="cannot be made"):
        make_demo(resolve_input(settings), lambda message: None)


def test_a_home_keeps_to_one_kind_of_world(tmp_path: Path, recordings: Path) -> None:
    """Real recordings do not go into a demo HOME, nor the demo into a real one; another HOME is proposed."""
    home = Home(tmp_path / "home")
    demo = resolve_input(small_demo(home.root))
    real = resolve_input(load_settings(home=home.root, input=str(recordings)))
    refuse_other_world(home, demo)
    write_marker(home, demo)
    refuse_other_world(home, demo)
    with pytest.raises(InputError, match=r"holds the generated demo world.*reads real recordings.*--home"):
        refuse_other_world(home, real)
    second = Home(tmp_path / "second")
    write_marker(second, real)
    with pytest.raises(InputError, match=r"holds real recordings.*reads the generated demo world"):
        refuse_other_world(second, demo)


def test_another_demo_world_does_not_go_into_the_same_home(tmp_path: Path) -> None:
    """Ids would mean other anime; the message names what differs."""
    home = Home(tmp_path / "home")
    write_marker(home, resolve_input(small_demo(home.root)))
    with pytest.raises(InputError, match="seed 42 instead of 7"):
        refuse_other_world(home, resolve_input(small_demo(home.root, seed=7)))


def test_somebody_elses_directory_is_no_home(tmp_path: Path, recordings: Path) -> None:
    """A mistaken --home does not scatter files into a directory that holds something else."""
    chosen = resolve_input(load_settings(home=recordings))
    with pytest.raises(InputError, match="not empty: it holds catalogue"):
        refuse_other_world(Home(recordings), chosen)
    file = tmp_path / "file"
    file.write_text("x")
    with pytest.raises(InputError, match="is a file"):
        refuse_other_world(Home(file), chosen)


def test_a_home_that_lost_its_marker_is_still_ours(tmp_path: Path) -> None:
    """Only our own names lie in it."""
    for name in ("landing", "dagster", "published", "warehouse.duckdb.wal", ".hidden"):
        (tmp_path / "home" / name).mkdir(parents=True)
    refuse_other_world(Home(tmp_path / "home"), resolve_input(small_demo(tmp_path / "home")))


def test_the_marker_is_written_once(tmp_path: Path, recordings: Path) -> None:
    """Later runs leave it alone."""
    home = Home(tmp_path / "home")
    chosen = resolve_input(load_settings(input=str(recordings)))
    write_marker(home, chosen)
    home.marker.write_text(json.dumps({"world": "recordings", "note": "mine"}))
    write_marker(home, chosen)
    assert read_marker(home) == {"world": "recordings", "note": "mine"}
    refuse_other_world(home, chosen)


@pytest.mark.parametrize("content", ["", "[]", "{}", "not json"])
def test_a_damaged_marker_is_named(tmp_path: Path, content: str) -> None:
    """Guessing would risk mixing worlds."""
    home = Home(tmp_path)
    home.marker.write_text(content)
    with pytest.raises(InputError, match=r"home\.json is not a marker of ours"):
        read_marker(home)


@pytest.mark.parametrize(
    ("make", "said"),
    [(lambda path: None, "does not exist"), (lambda path: path.write_text("x"), "is not a directory")],
)
def test_an_input_that_is_not_there_is_named_before_any_home(tmp_path: Path, make, said: str) -> None:
    """A path that was mistyped is neither recordings nor anything else that a HOME might not hold."""
    make(tmp_path / "input")
    home = Home(tmp_path / "home")
    write_marker(home, resolve_input(small_demo(home.root)))
    with pytest.raises(InputError, match=f"{tmp_path / 'input'} {said}. Name demo, live"):
        refuse_other_world(home, resolve_input(load_settings(home=home.root, input=str(tmp_path / "input"))))
