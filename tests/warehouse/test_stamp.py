"""The hash a snapshot carries: of what was loaded, and only when all that is landed was."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

from warehouse.connection import Warehouse
from warehouse.home import Home
from warehouse.landing import land_file, landed_files
from warehouse.load import load_new_files
from warehouse.stamp import loaded_stamp, stamp


def land(home: Home, directory: Path, name: str, day: int) -> None:
    """One landed record of Kitsu, recorded on that day of January 2026."""
    file = directory / f"{name}.jsonl.gz"
    file.write_bytes(gzip.compress(f'{{"id": "{name}"}}\n'.encode(), mtime=0))
    land_file(home, "kitsu", "anime", file, datetime(2026, 1, day, tzinfo=UTC))


def test_the_stamp_is_of_base_and_content() -> None:
    """Another base, content or order is another stamp; a stream without files is none."""
    one = stamp("base", {("kitsu", "anime"): ["a", "b"]})
    assert one == stamp("base", {("kitsu", "anime"): ["a", "b"], ("anilist", "anime"): []})
    others = [
        stamp("other", {("kitsu", "anime"): ["a", "b"]}),
        stamp("base", {("kitsu", "anime"): ["b", "a"]}),
        stamp("base", {("kitsu", "ratings"): ["a", "b"]}),
    ]
    assert len({one, *others}) == 4


def test_a_part_of_a_run_is_stamped_with_nothing() -> None:
    """Its tables are of different inputs."""
    assert stamp("", {("kitsu", "anime"): ["a"]}) == ""


def test_what_is_loaded_is_stamped_as_it_was_landed(tmp_path: Path) -> None:
    """With everything loaded the stamp is that of the landing; with a file that is not, there is none."""
    home = Home(tmp_path / "home")
    land(home, tmp_path, "one", 1)
    land(home, tmp_path, "two", 2)
    with Warehouse(home, memory_limit="500MB").writer("test") as con:
        assert loaded_stamp(con, home, "base") == ""
        load_new_files(con, home, "kitsu", "anime")
        hashes = [one.sha256 for one in landed_files(home, "kitsu", "anime")]
        assert loaded_stamp(con, home, "base") == stamp("base", {("kitsu", "anime"): hashes})
        land(home, tmp_path, "three", 3)
        assert loaded_stamp(con, home, "base") == ""
