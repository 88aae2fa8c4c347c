"""Parts of a stream in the landing: each compared with itself alone, kept by whatever rewrites or adopts files."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from tests.warehouse.conftest import DAY, killed_before
from warehouse.forget import forget
from warehouse.home import Home
from warehouse.landing import LandedFile, adopt, land_file, landed_files, landed_of_part
from warehouse.load import load_new_files
from warehouse.purge import purge
from warehouse.stamp import loaded_stamp

Gz = Callable[[str, bytes], Path]
Con = duckdb.DuckDBPyConnection
HEADER = b"user_id,kitsu_id,score,updated_at\n"
APRIL, MAY = "2024-04", "2024-05"


def land(home: Home, gz: Gz, month: str | None, *lines: str, day: int = 0) -> LandedFile | None:
    """Land a file of ratings on a day after DAY, as one of this month or, None, of whole lists."""
    file = gz("file.csv.gz", HEADER + "".join(f"{line}\n" for line in lines).encode())
    return land_file(home, "kitsu", "ratings", file, DAY + timedelta(days=day), partition=month)


def raw(con: Con) -> list[tuple[str, str, str | None]]:
    """User, anime and month of what is loaded."""
    return con.execute("select user_id, anime_id, month from raw.raw_kitsu__ratings order by all").fetchall()


def test_what_is_new_is_asked_of_the_same_month_alone(home: Home, gz: Gz) -> None:
    """The same bytes land as whole lists and as either month, once each; April, changed and back, lands three times."""
    for month in (None, APRIL, MAY):
        assert land(home, gz, month, "ann,1,8,") is not None
        assert land(home, gz, month, "ann,1,8,") is None
        assert land(home, gz, month, "ann,1,8,", day=1) is None
    assert len({one.path for one in landed_files(home, "kitsu", "ratings")}) == 3
    assert land(home, gz, APRIL, "ann,1,9,", day=2) is not None
    assert land(home, gz, APRIL, "ann,1,8,", day=3) is not None
    assert land(home, gz, MAY, "ann,1,8,", day=3) is None
    assert [one.partition for one in landed_files(home, "kitsu", "ratings")].count(APRIL) == 3
    assert [one.partition for one in landed_of_part(home, "kitsu", "ratings", MAY)] == [MAY]
    assert [one.partition for one in landed_of_part(home, "kitsu", "ratings", None)] == [None]


def test_a_manifest_names_a_part_and_is_as_ever_without_one(home: Home, gz: Gz) -> None:
    """What was landed before there were parts reads as whole, and what is whole is described by the same bytes."""
    whole, month = land(home, gz, None, "ann,1,8,"), land(home, gz, APRIL, "ann,1,8,")
    assert whole is not None
    assert month is not None
    words = {
        "bytes": whole.bytes,
        "captured_at": "2026-03-01T00:00:00+00:00",
        "landed_at": whole.landed_at.isoformat(),
        "origin": "file.csv.gz",
        "path": whole.path,
        "sha256": whole.sha256,
        "source": "kitsu",
        "stream": "ratings",
    }
    manifest = Path(f"{whole.file(home)}.manifest.json")
    assert manifest.read_text() == json.dumps(words, indent=2, sort_keys=True) + "\n"
    assert json.loads(Path(f"{month.file(home)}.manifest.json").read_text())["partition"] == APRIL
    assert landed_files(home, "kitsu", "ratings") == sorted([month, whole], key=lambda one: one.landed_at)


def test_the_newest_file_of_a_month_replaces_the_one_before(con: Con, home: Home, gz: Gz) -> None:
    """For everybody; its neighbour and whole lists stay, and a newest one without entries leaves none."""
    land(home, gz, None, "ann,1,8,")
    land(home, gz, APRIL, "ann,2,8,", "bob,2,8,")
    land(home, gz, MAY, "ann,3,8,")
    assert load_new_files(con, home, "kitsu", "ratings").files == 3
    assert raw(con) == [("ann", "1", None), ("ann", "2", APRIL), ("ann", "3", MAY), ("bob", "2", APRIL)]
    land(home, gz, APRIL, "bob,4,8,", day=1)
    report = load_new_files(con, home, "kitsu", "ratings")
    assert (report.files, report.rows, report.total_rows) == (1, 1, 3)
    assert raw(con) == [("ann", "1", None), ("ann", "3", MAY), ("bob", "4", APRIL)]
    land(home, gz, MAY, day=1)
    load_new_files(con, home, "kitsu", "ratings")
    assert raw(con) == [("ann", "1", None), ("bob", "4", APRIL)]
    assert load_new_files(con, home, "kitsu", "ratings").files == 0


def test_an_older_reading_that_lands_later_changes_nothing(con: Con, home: Home, gz: Gz) -> None:
    """Newest is what was read at the source last, not what was landed last."""
    land(home, gz, APRIL, "ann,1,9,", day=5)
    land(home, gz, APRIL, "ann,2,8,", day=1)
    load_new_files(con, home, "kitsu", "ratings")
    assert raw(con) == [("ann", "1", APRIL)]


def test_a_kill_between_landing_and_loading_heals(con: Con, home: Home, gz: Gz) -> None:
    """At whichever file operation it comes: landed again and loaded, the month is there once."""
    file = gz("april.csv.gz", HEADER + b"ann,1,8,2024-04-01T00:00:00Z\n")
    step = 1
    while killed_before(
        step, lambda: land_file(home, "kitsu", "ratings", file, DAY, partition=APRIL), under=home.landing
    ):
        step += 1
    assert step > 5
    land_file(home, "kitsu", "ratings", file, DAY, partition=APRIL)
    assert len(landed_files(home, "kitsu", "ratings")) == 1
    assert loaded_stamp(con, home, "base") == ""
    load_new_files(con, home, "kitsu", "ratings")
    assert raw(con) == [("ann", "1", APRIL)]
    assert loaded_stamp(con, home, "base") != ""


def test_forgetting_a_user_keeps_the_months(con: Con, home: Home, gz: Gz) -> None:
    """Rewritten files are of their months; a newest one that spoke of nobody else leaves the month empty."""
    land(home, gz, APRIL, "ann,1,8,", "bob,1,8,")
    land(home, gz, APRIL, "ann,2,8,", day=1)
    land(home, gz, MAY, "ann,3,8,", "bob,3,8,")
    load_new_files(con, home, "kitsu", "ratings")
    forget(home, "kitsu", "ann", at=DAY)
    purge(con, "kitsu", "ann")
    assert raw(con) == [("bob", "3", MAY)]
    assert [one.partition for one in landed_files(home, "kitsu", "ratings")].count(APRIL) == 2
    load_new_files(con, home, "kitsu", "ratings")
    assert raw(con) == [("bob", "3", MAY)]
    # Nor does the same file bring anybody back.
    assert land(home, gz, MAY, "ann,3,8,", "bob,3,8,", day=2) is None
    again = land(home, gz, MAY, "ann,3,9,", "bob,3,9,", day=3)
    assert again is not None
    assert (again.partition, again.origin) == (MAY, "file.csv.gz (without forgotten users)")
    load_new_files(con, home, "kitsu", "ratings")
    assert raw(con) == [("bob", "3", MAY)]


def test_another_home_takes_months_over_as_months(con: Con, home: Home, gz: Gz, tmp_path: Path) -> None:
    """Verbatim, or without those whom it forgot."""
    other = Home(tmp_path / "other")
    land(other, gz, APRIL, "ann,1,8,", "bob,1,8,")
    land(other, gz, MAY, "bob,2,8,")
    land(home, gz, None, "ann,9,8,")
    forget(home, "kitsu", "ann", at=datetime(2026, 4, 1, tzinfo=UTC))
    assert adopt(home, other) == 2
    assert {one.partition for one in landed_files(home, "kitsu", "ratings")} == {None, APRIL, MAY}
    load_new_files(con, home, "kitsu", "ratings")
    assert raw(con) == [("bob", "1", APRIL), ("bob", "2", MAY)]
    assert adopt(home, other) == 0
