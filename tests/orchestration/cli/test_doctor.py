"""`osusume doctor`: every finding has a level, and what is wrong has a remedy."""

import ctypes
import errno
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from orchestration.cli.console import Console
from orchestration.cli.homecheck import leftovers, snapshot, warehouse_file, writers
from orchestration.cli.instance import open_instance
from orchestration.cli.machine import available_memory, disk, memory, packages, python_version
from orchestration.cli.runlock import run_lock
from orchestration.settings import load_settings
from warehouse.connection import Warehouse
from warehouse.home import Home
from warehouse.landing import append_events, open_log

Call = Callable[..., Any]


def test_a_fresh_machine_has_nothing_to_complain_about_but_the_missing_snapshot(osusume: Call, tmp_path: Path) -> None:
    """Nothing fails, nothing is made, and the one warning says what to do."""
    home = tmp_path / "new"
    called = osusume("doctor", "--home", home)
    assert called.status == 0
    warnings = [line for line in called.out.splitlines() if line.startswith("warn") and "disk" not in line]
    assert warnings == ["warn  snapshot   nothing is published yet"]
    assert not home.exists()


def test_every_setting_is_shown_with_where_it_comes_from(
    osusume: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Option, environment, default; and what means nothing is warned about."""
    monkeypatch.setenv("OSUSUME_SEED", "7")
    monkeypatch.setenv("OSUSUME_SEEED", "7")
    out = osusume("doctor", "--home", tmp_path / "new").out
    assert f"OSUSUME_HOME={tmp_path / 'new'} (--home)" in out
    assert "OSUSUME_SEED=7 (environment)" in out
    assert "OSUSUME_EXPERIMENT=off (default)" in out
    assert "warn  setting    OSUSUME_SEEED" in out


def test_something_that_does_not_work_is_status_1(
    osusume: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An input that cannot be read is found before a run is tried."""
    monkeypatch.setenv("OSUSUME_INPUT", str(tmp_path / "missing"))
    called = osusume("doctor", "--home", tmp_path / "new")
    assert called.status == 1
    assert "fail  input      it cannot be used" in called.out
    assert f"{tmp_path / 'missing'} does not exist" in called.out


def test_a_home_that_cannot_be_written_fails(osusume: Call, tmp_path: Path) -> None:
    """HOME is a file."""
    (tmp_path / "file").write_text("x")
    called = osusume("doctor", "--home", tmp_path / "file" / "home")
    assert called.status == 1
    assert "fail  home" in called.out


def test_a_published_home_is_well(osusume: Call, small_home: Path) -> None:
    """Warehouse and snapshot open, and the snapshot tells its age."""
    called = osusume("doctor", "--home", small_home)
    assert called.status == 0
    assert "warehouse.duckdb opens" in called.out
    assert "published 2026-03-02 00:00 UTC" in called.out


def test_a_broken_warehouse_or_snapshot_fails_with_a_remedy(tmp_path: Path) -> None:
    """The warehouse can be deleted, since everything is rebuilt from what was landed."""
    home = Home(tmp_path)
    home.published.mkdir()
    home.warehouse_file.write_bytes(b"no database" * 1000)
    home.snapshot.write_bytes(b"no database" * 1000)
    settings = load_settings(home=tmp_path)
    for finding in (warehouse_file(settings, home), snapshot(home)):
        assert finding.level == "fail"
        assert "osusume run --force" in finding.remedy


def test_a_history_of_keys_that_was_touched_is_found_before_a_run_stops_at_it(osusume: Call, tmp_path: Path) -> None:
    """The file is named; the landing is not called well beside it."""
    home = Home(tmp_path)
    file = append_events(home, "key_events", [{"event": "born"}])
    assert file is not None
    file.write_text(file.read_text() + "garbage\n")
    called = osusume("doctor", "--home", tmp_path)
    assert called.status == 1
    assert f"fail  landing    {file}:2: not JSON" in called.out
    assert "ok    landing" not in called.out


def test_a_warehouse_in_use_is_no_problem(small_home: Path) -> None:
    """Doctor does not wait for a long writer, and does not call it broken."""
    home = Home(small_home)
    child = os.fork()
    if child == 0:
        with Warehouse(home).writer("a long build"):
            signal.pause()
    try:
        wait_for_ticket(home)
        finding = warehouse_file(load_settings(home=small_home), home)
        assert finding.level == "ok"
        assert "being written" in finding.said
        (writer,) = writers(home)
        assert "'a long build'" in writer.said
    finally:
        os.kill(child, 9)
        os.waitpid(child, 0)


def test_a_home_that_may_only_be_read_is_looked_at_all_the_same(
    osusume: Call, small_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It belongs to the user of the processes, and somebody else asks: everything is said, and what does not work."""
    opened = os.open

    def only_read(path: Any, flags: int, *more: Any, **words: Any) -> int:
        if flags & (os.O_RDWR | os.O_WRONLY) and str(path).startswith(str(small_home)):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return opened(path, flags, *more, **words)

    with run_lock(Home(small_home), Console(), 1, "backfill"):
        monkeypatch.setattr(os, "open", only_read)
        called = osusume("doctor", "--home", small_home)
        monkeypatch.undo()
    assert called.status == 1
    assert "ok    runs       `osusume backfill` (process" in called.out
    assert "fail  warehouse" in called.out
    assert "Permission denied" in called.out
    assert "snapshot" in called.out
    assert "unexpected" not in called.err


def heed_permissions() -> None:
    """Take from root the right to read what nobody may read, so that the tests hold for root as for everybody."""
    if os.geteuid() == 0:
        libc = ctypes.CDLL(None)
        for right in (1, 2):  # to write, and to read and list, whatever the permissions
            libc.prctl(24, right)  # drop it for what is started from here


@pytest.mark.parametrize("place", ["landing", "landing/kitsu", "landing/kitsu/anime"])
def test_what_of_the_landing_may_not_be_read_is_named(tmp_path: Path, place: str) -> None:
    """It is neither taken for empty nor the end of the looking."""
    home = Home(tmp_path / "home")
    with open_log(home, "kitsu", "anime"):
        pass
    command = [sys.executable, "-m", "orchestration", "doctor", "--home", str(home.root)]
    (home.root / place).chmod(0)
    done = subprocess.run(
        command, cwd=Path(__file__).parents[3], capture_output=True, text=True, check=False, preexec_fn=heed_permissions
    )
    (home.root / place).chmod(0o755)
    assert done.returncode == 1, done.stderr
    assert f"fail  landing    {home.root / place}: Permission denied" in done.stdout
    assert "the user who owns HOME" in done.stdout
    assert "unexpected" not in done.stderr
    assert "leftovers" in done.stdout


@pytest.mark.parametrize("damaged", ["home.json", "dagster/history/runs.db"])
def test_what_is_damaged_is_a_finding_and_no_end(osusume: Call, tmp_path: Path, damaged: str) -> None:
    """The marker, and the history of runs; everything else is looked at all the same."""
    home = Home(tmp_path / "home")
    with open_instance(home):
        home.marker.write_text('{"world": "demo"}')
    (home.root / damaged).write_bytes(b"neither JSON nor a database" * 100)
    called = osusume("doctor", "--home", home.root)
    assert called.status == 1, called.err
    what = "home" if damaged == "home.json" else "history"
    (found,) = [line for line in called.out.splitlines() if line.startswith(f"fail  {what} ")]
    assert str(home.marker if what == "home" else home.dagster) in found
    assert "unexpected" not in called.err
    assert "ok    leftovers" in called.out


def test_doctor_changes_nothing(osusume: Call, tmp_path: Path) -> None:
    """A dagster.yaml of an earlier version stays, and a history that was moved away is not begun anew."""
    home = Home(tmp_path / "home")
    with open_instance(home):
        (home.dagster / "dagster.yaml").write_text("# of an earlier version")
    for is_moved_away in (False, True):
        if is_moved_away:
            shutil.rmtree(home.dagster / "history")
        before = {path: path.read_bytes() for path in home.root.rglob("*") if path.is_file()}
        assert osusume("doctor", "--home", home.root).status == 0
        assert {path: path.read_bytes() for path in home.root.rglob("*") if path.is_file()} == before


def wait_for_ticket(home: Home) -> None:
    """Come back when the other process writes."""
    while not any('"writes"' in ticket.read_text() for ticket in home.lock_dir.glob("*.ticket")):
        time.sleep(0.02)


def test_leftovers_of_killed_processes_are_counted(tmp_path: Path) -> None:
    """Half-written files and buildings; the next run tidies them."""
    home = Home(tmp_path)
    for path in (home.landing / "kitsu" / "anime" / ".x.part", home.published / ".building-1.duckdb"):
        path.parent.mkdir(parents=True)
        path.write_text("half")
    (finding,) = leftovers(home)
    assert finding.level == "warn"
    assert "2 half-written files" in finding.said


def test_packages_are_compared_with_what_is_asked_for() -> None:
    """An absent package and a wrong version are named; extras do not count."""
    found = list(packages(["pytest>=1", "pytest<1", "no-such-package-at-all", "torch==1; extra == 'embed'"]))
    assert [finding.level for finding in found] == ["fail", "fail"]
    assert "pytest<1" in found[0].said
    assert "no-such-package-at-all is not installed" in found[1].said
    (fine,) = packages(["pytest>=1"])
    assert fine.level == "ok"


def test_a_python_that_is_too_old_or_too_new_fails() -> None:
    """3.11 to 3.13."""
    levels = [python_version(version).level for version in ((3, 10), (3, 11), (3, 13), (3, 14))]
    assert levels == ["fail", "ok", "ok", "fail"]


def test_memory_is_judged_by_what_a_run_needs() -> None:
    """Below 2 GB it fails, below 4 GB it warns, and who does not know does not complain."""
    assert [memory(given).level for given in (10**9, 3 * 10**9, 10**10, None)] == ["fail", "warn", "ok", "ok"]


def test_the_tighter_of_machine_and_container_counts(tmp_path: Path) -> None:
    """A container's limit less what it uses, where there is one."""
    assert available_memory(tmp_path) is None
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc" / "meminfo").write_text("MemTotal: 900 kB\nMemAvailable: 800 kB\n")
    assert available_memory(tmp_path) == 800 * 1024
    group = tmp_path / "sys" / "fs" / "cgroup"
    group.mkdir(parents=True)
    (group / "memory.current").write_text("100\n")
    (group / "memory.max").write_text("max\n")
    assert available_memory(tmp_path) == 800 * 1024
    (group / "memory.max").write_text("5000\n")
    assert available_memory(tmp_path) == 4900


def test_the_disk_is_looked_at_where_home_will_be(tmp_path: Path) -> None:
    """The nearest directory that exists."""
    assert str(tmp_path) in disk(tmp_path / "a" / "b").said


def test_the_sources_of_a_live_run_are_shown_and_nobody_is_asked(osusume: Call, tmp_path: Path) -> None:
    """With address and pace; what would keep the run from starting is a failure with its remedy."""
    words = {"OSUSUME_INPUT": "live", "OSUSUME_SOURCES": "kitsu,myanimelist", "OSUSUME_KITSU_RATE": "30"}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in words.items():
            patch.setenv(name, value)
        called = osusume("doctor", "--home", tmp_path / "home")
    assert called.status == 1
    assert "kitsu at https://kitsu.app/api/edge, 30 requests a minute" in called.out
    assert "OSUSUME_MYANIMELIST_CLIENT_ID" in called.out
    assert "OSUSUME_CONTACT" in called.out


@pytest.mark.parametrize("command", ["doctor", "prepare"])
@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("OSUSUME_MODELS", "slimm", "OSUSUME_MODELS names 'slimm': did you mean slim?"),
        ("OSUSUME_IMDB_URL", "/nope", "/nope is neither an address nor a directory; correct OSUSUME_IMDB_URL"),
        ("OSUSUME_IMDB_URL", "gopher://x", "gopher://x is neither an address nor a directory"),
        ("OSUSUME_SEED", "42", "people's decisions cannot be used"),
    ],
)
def test_what_a_run_would_refuse_is_found_before(
    osusume: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, variable: str, value: str, said: str
) -> None:
    """Models, the place of IMDb's files, and decisions: one is a finding, the other ends before it has made a thing."""
    home = Home(tmp_path / "home")
    home.root.mkdir()
    if "decisions" in said:
        home.decisions.write_text("no decision")
    for name, word in {"OSUSUME_INPUT": "live", "OSUSUME_SOURCES": "imdb", variable: value}.items():
        monkeypatch.setenv(name, word)
    called = osusume(command, "--home", home.root)
    assert called.status == (1 if command == "doctor" else 2)
    assert said in called.out + called.err
    assert not home.dagster.exists()


def test_an_interrupted_crawl_is_shown(osusume: Call, tmp_path: Path) -> None:
    """With what will become of it."""
    home = Home(tmp_path / "home")
    with open_log(home, "kitsu", "anime") as log:
        log.begin({"kind": "crawl", "source": "kitsu", "stream": "anime", "started_at": "2026-01-01T00:00:00+00:00"})
    called = osusume("doctor", "--home", home.root)
    assert "a crawl of kitsu anime was interrupted" in called.out
    assert "goes on with it" in called.out
