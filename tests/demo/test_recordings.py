"""The recordings directory: layout, bytes, all or nothing."""

import csv
import gzip
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demo.errors import RecordingsError
from demo.recordings import write_intake, write_recordings
from demo.truth import COLUMNS, truth_rows
from demo.world import World, make_world

from .conftest import Recorded

ROOT = Path(__file__).parents[2]
LAYOUT = {
    "catalogue/anilist/anime.jsonl.gz",
    "catalogue/kitsu/anime.jsonl.gz",
    "catalogue/myanimelist/anime.jsonl.gz",
    "identity/defects.csv",
    "identity/truth.csv",
    "ratings/anilist_ratings.csv.gz",
    "ratings/kitsu_ratings.csv.gz",
    "ratings/myanimelist_ratings.csv.gz",
}


def digests(directory: Path) -> dict[str, str]:
    """The SHA-256 of every file by its path in the directory."""
    files = [path for path in directory.rglob("*") if path.is_file()]
    return {path.relative_to(directory).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_layout_is_that_of_real_recordings(recorded: Recorded) -> None:
    """Catalogues, ratings and identity stand where recordings have them, and nothing else is there."""
    assert set(digests(recorded.directory)) == LAYOUT
    assert [path.name for path in recorded.directory.parent.iterdir()] == ["recordings"]


def test_the_catalogue_holds_the_records_of_the_source(recorded: Recorded) -> None:
    """Line for line, the good records are what the source tells, by id."""
    for name, source in recorded.world.sources.items():
        assert recorded.records(name) == [source.record(row) for row in source.rows()]


def test_the_ratings_file_holds_the_lists(recorded: Recorded) -> None:
    """Its header is the contract's, its lines are the world's entries on the source's ids."""
    for name, part in recorded.world.ratings.items():
        header, *lines = recorded.lines(f"ratings/{name}_ratings.csv.gz")
        assert header == f"user_id,{name}_id,score,status,updated_at"
        rows = [line.split(",") for line in lines[: len(part)]]
        assert [row[0] for row in rows] == [recorded.world.people.handles[person] for person in part.person]
        assert [int(row[1]) for row in rows] == recorded.world.sources[name].ids[part.row].tolist()
        assert [int(row[2] or 0) for row in rows] == part.score.tolist()
        assert {row[2] for row in rows} >= ({""} if name == "kitsu" else {"0"})


def test_the_truth_file_is_the_truth(recorded: Recorded) -> None:
    """identity/truth.csv has the columns of real truth and one row per recorded anime."""
    with (recorded.directory / "identity" / "truth.csv").open(newline="", encoding="utf-8") as lines:
        header, *rows = csv.reader(lines)
    assert tuple(header) == COLUMNS
    assert [tuple(row) for row in rows] == truth_rows(recorded.world)


def test_the_same_seed_gives_the_same_bytes_in_another_process(recorded: Recorded, tmp_path: Path) -> None:
    """A second process with another hash seed, time zone and locale writes the same files, byte for byte."""
    command = [sys.executable, "-m", "demo", str(tmp_path / "again"), "--seed", "7"]
    command += ["--anime", "600", "--users", "300", "--ratings", "12000"]
    environment = {**os.environ, "PYTHONHASHSEED": "99", "TZ": "Asia/Tokyo", "LC_ALL": "C"}
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    assert digests(tmp_path / "again") == digests(recorded.directory)


def test_more_users_change_no_anime(recorded: Recorded, tmp_path: Path) -> None:
    """With other users and ratings the three catalogues and the truth stay the same, byte for byte."""
    other = make_world(7, anime=600, users=50, ratings=900)
    write_recordings(tmp_path / "other", other)
    before, after = digests(recorded.directory), digests(tmp_path / "other")
    same = {path for path in LAYOUT if before[path] == after[path]}
    assert same == {path for path in LAYOUT if path.startswith("catalogue")} | {"identity/truth.csv"}


def test_an_existing_directory_is_left_alone(tmp_path: Path, small_world: World) -> None:
    """Writing where something exists is refused with a remedy, and what is there stays."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "note").write_text("keep")
    with pytest.raises(RecordingsError, match=r"mine exists already: name another directory"):
        write_recordings(tmp_path / "mine", small_world)
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["note"]


def test_a_parent_that_is_a_file_is_named(tmp_path: Path, small_world: World) -> None:
    """A place below a file cannot be: the message names the file."""
    (tmp_path / "file").write_text("")
    with pytest.raises(RecordingsError, match=r"file is a file"):
        write_recordings(tmp_path / "file" / "below", small_world)


def test_a_failure_leaves_nothing_behind(tmp_path: Path, small_world: World) -> None:
    """When writing breaks off in the middle there is neither the directory nor a remainder beside it."""

    def break_off(message: str) -> None:
        if "ratings of kitsu" in message:
            raise OSError(28, "No space left on device")

    with pytest.raises(RecordingsError, match="No space left on device"):
        write_recordings(tmp_path / "world", small_world, break_off)
    assert list(tmp_path.iterdir()) == []


@settings(max_examples=8)
@given(st.integers(0, 2**32), st.integers(50, 150), st.integers(10, 60), st.data())
def test_worlds_of_any_small_size_can_be_written(
    tmp_path_factory: pytest.TempPathFactory, seed: int, anime: int, users: int, data: st.DataObject
) -> None:
    """Whatever the seed and sizes: all files are there, and exactly the ratings asked for carry a score."""
    ratings = data.draw(st.integers(1, anime * users // 25))
    world = make_world(seed, anime=anime, users=users, ratings=ratings)
    directory = tmp_path_factory.mktemp("any") / "world"
    assert len(write_recordings(directory, world)) == 42
    assert set(digests(directory)) == LAYOUT
    assert sum(int(np.count_nonzero(part.score)) for part in world.ratings.values()) == ratings


def test_an_intake_leaves_out_whoever_is_read_from_services(tmp_path: Path, small_world: World) -> None:
    """Their names stand in users.csv, none of their entries in the ratings; everybody else's are all there."""
    listed = dict.fromkeys(("anilist", "kitsu"), small_world.people.handles[:5])
    defects = write_intake(tmp_path / "intake", small_world, listed)
    rows = list(csv.reader((tmp_path / "intake" / "users.csv").read_text(encoding="utf-8").splitlines()))
    assert rows == [["source", "user"], *([source, name] for source in listed for name in listed[source])]
    for source, part in small_world.ratings.items():
        path = tmp_path / "intake" / "ratings" / f"{source}_ratings.csv.gz"
        lines = gzip.decompress(path.read_bytes()).decode().splitlines()
        bad = [defect.line for defect in defects if defect.path == f"ratings/{source}_ratings.csv.gz"]
        users = [line.split(",")[0] for line in lines[1 : bad[0] - 1]]
        wanted = [small_world.people.handles[person] for person in part.person]
        assert users == [name for name in wanted if name not in listed.get(source, ())]
        assert not {line.split(",")[0] for line in lines} & set(listed.get(source, ()))
    assert not (tmp_path / "intake" / "catalogue").exists()
