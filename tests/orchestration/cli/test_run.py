"""`osusume run`, with a toy pipeline: what ends early, what is refused, what is told."""

import argparse
import gzip
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from orchestration.cli.console import Console
from orchestration.cli.run import run_pipeline
from orchestration.errors import InputError, SettingsError, UsageError
from orchestration.fingerprint import landing_after
from orchestration.settings import Settings, load_settings
from tests.orchestration.test_inputs import small_demo
from warehouse.connection import Warehouse
from warehouse.home import Home
from warehouse.landing import land_file
from warehouse.publish import publish
from warehouse.snapshots import current_snapshot
from warehouse.stamp import stamp

RECORD = b'{"id": "1"}\n'


@dataclass
class ToyPipeline:
    """Lands one file and publishes the small world; counts how often it ran."""

    prepared: Path
    broken: bool = False
    reports: bool = False
    runs: int = 0
    seen: list[Path | None] = field(default_factory=list)

    def load(
        self, settings: Settings, directory: Path | None, mark: str
    ) -> tuple[dg.Definitions, Mapping[str, object]]:
        """A code location of two assets, closed over what the real one gets as resources."""
        home = Home(settings.home)
        warehouse = Warehouse(home, memory_limit="500MB", threads=2)
        self.seen.append(directory)

        @dg.asset
        def landed() -> dg.MaterializeResult:
            self.runs += 1
            if directory is not None:
                for file in sorted(directory.glob("catalogue/kitsu/*.jsonl.gz")):
                    land_file(home, "kitsu", "anime", file, None)
            if self.broken:
                raise ValueError("kitsu/anime/one.jsonl.gz, line 3: not to be read")
            return dg.MaterializeResult(metadata={"dagster/row_count": 1})

        @dg.asset(deps=[landed])
        def published_snapshot(context: dg.AssetExecutionContext) -> None:
            shutil.copyfile(self.prepared / "warehouse.duckdb", home.warehouse_file)
            publish(warehouse, context.run_id, stamp(mark, landing_after(home)))

        @dg.asset(deps=[published_snapshot])
        def quality_report() -> None:
            raise ValueError("no room for a page")

        assets = [landed, published_snapshot, *([quality_report] if self.reports else [])]
        everything = dg.define_asset_job("refresh_all", selection=dg.AssetSelection.all())
        return dg.Definitions(assets=assets, jobs=[everything]), {}


@pytest.fixture(autouse=True)
def finished_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """One code version for the whole test: while the project is worked on, its files change in between."""
    monkeypatch.setattr("orchestration.fingerprint.code_version", lambda: "one")


@pytest.fixture
def toy(small_home: Path) -> ToyPipeline:
    """A pipeline that works."""
    return ToyPipeline(small_home)


@pytest.fixture
def recordings(tmp_path: Path) -> Path:
    """A directory with one record of one source."""
    directory = tmp_path / "recordings"
    write_record(directory, RECORD)
    return directory


def write_record(directory: Path, content: bytes) -> None:
    """Make this the content of the directory's one file."""
    file = directory / "catalogue" / "kitsu" / "anime.jsonl.gz"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(gzip.compress(content, mtime=0))


@pytest.fixture
def osusume_run(tmp_path: Path, toy: ToyPipeline, recordings: Path) -> Callable[..., int]:
    """A function that runs the toy pipeline on the recordings, into one HOME."""

    def run(*, force: bool = False, select: list[str] | None = None, **others: Any) -> int:
        settings = load_settings(**{"home": tmp_path / "home", "input": str(recordings)} | others)
        args = argparse.Namespace(force=force, select=select)
        return run_pipeline(args, settings, Console(), toy.load)

    return run


def test_a_part_of_the_real_pipeline_runs(osusume: Callable[..., Any], recordings: Path, tmp_path: Path) -> None:
    """One table that needs no other, with its checks, through the whole command line."""
    where = ("--home", tmp_path / "home", "--input", recordings)
    called = osusume("run", *where, "--select", "int_genre_aliases")
    assert called.status == 0, called.out + called.err
    assert "[1/1] int_genre_aliases" in called.err
    assert "Nothing was published" in called.out


def test_a_run_publishes_and_tells_what_there_is(
    osusume_run: Callable[..., int], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Results and what to try go to stdout, progress to stderr."""
    assert osusume_run() == 0
    written = capfd.readouterr()
    for said in (
        f"Published {tmp_path / 'home' / 'published' / 'current.duckdb'}",
        "dim_anime                        8 anime",
        "Quarantine: 3 rows were refused:",
        "2 stg_kitsu__anime: not JSON (e.g. landing/kitsu/anime/one.jsonl.gz:4)",
        "ease is active, NDCG@10 0.4400 (0.4300 to 0.4500); popularity has 0.1100, so 4.0 times that.",
        "1. Clockwork Harbor 2nd Season (2013). Because you rated Clockwork Harbor 9.0",
        "osusume recommend --user",
    ):
        assert said in written.out
    assert "demo" not in written.out
    assert "[1/2] landed" in written.err
    assert json.loads((tmp_path / "home" / "home.json").read_text()) == {"world": "recordings"}


def test_a_home_without_models_and_users_is_published_all_the_same(
    osusume_run: Callable[..., int], toy: ToyPipeline, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """As after a run of selected assets: what cannot be told is left out, and nothing fails."""
    home = Home(tmp_path / "lean")
    home.root.mkdir()
    shutil.copyfile(toy.prepared / "warehouse.duckdb", home.warehouse_file)
    with Warehouse(home, memory_limit="500MB", threads=2).writer("test") as con:
        for table in ("dim_recommendation_model", "fact_model_metric", "dim_user", "dim_anime"):
            con.execute(f"drop table main.{table}")
    toy.prepared = home.root
    assert osusume_run() == 0
    out = capfd.readouterr().out
    assert "fact_user_rating                 6 list entries" in out
    assert not [said for said in ("Model:", "For ", "dim_anime", "recommend --user") if said in out]
    assert "osusume dev" in out


def test_an_unchanged_input_ends_early(
    osusume_run: Callable[..., int], toy: ToyPipeline, capfd: pytest.CaptureFixture[str]
) -> None:
    """Nothing runs the second time, unless it is forced to."""
    osusume_run()
    capfd.readouterr()
    assert osusume_run() == 0
    assert capfd.readouterr().out.startswith("Nothing new since 20")
    assert toy.runs == 1
    osusume_run(force=True)
    assert toy.runs == 2


def test_whatever_changes_a_table_makes_it_run_again(
    osusume_run: Callable[..., int], toy: ToyPipeline, recordings: Path, tmp_path: Path
) -> None:
    """Other content, another seed, a lost warehouse, a lost snapshot."""
    osusume_run()
    write_record(recordings, RECORD * 2)
    osusume_run()
    osusume_run(seed=7)
    osusume_run(seed=7)
    assert toy.runs == 3
    home = Home(tmp_path / "home")
    home.warehouse_file.unlink()
    osusume_run(seed=7)
    home.snapshot.unlink()
    osusume_run(seed=7)
    home.snapshot_note.write_text("damaged")
    osusume_run(seed=7)
    assert toy.runs == 6


def test_what_an_interrupted_run_landed_is_not_forgotten(
    osusume_run: Callable[..., int], toy: ToyPipeline, recordings: Path
) -> None:
    """A published input is new again when something else was landed since, even if unpublished."""
    osusume_run()
    write_record(recordings, RECORD * 2)
    toy.broken = True
    assert osusume_run() == 1
    toy.broken = False
    write_record(recordings, RECORD)
    osusume_run()
    assert toy.runs == 3


def test_a_failed_run_says_what_failed_and_leaves_the_snapshot(
    osusume_run: Callable[..., int],
    toy: ToyPipeline,
    tmp_path: Path,
    recordings: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Exit 1, the message, what was skipped, where the log is; readers see what they saw before."""
    osusume_run()
    before = current_snapshot(Home(tmp_path / "home"))
    write_record(recordings, RECORD * 2)
    toy.broken = True
    capfd.readouterr()
    assert osusume_run() == 1
    out = capfd.readouterr().out
    assert "FAILED landed: ValueError: kitsu/anime/one.jsonl.gz, line 3: not to be read" in out
    assert "Not made, since they come after it: published_snapshot" in out
    assert "Nothing was published" in out
    assert "Traceback" not in out
    log = tmp_path / "home" / "dagster" / "last-failure.txt"
    assert str(log) in out
    assert "ValueError" in log.read_text()
    assert current_snapshot(Home(tmp_path / "home")) == before


def test_a_report_that_fails_costs_no_snapshot(
    osusume_run: Callable[..., int], toy: ToyPipeline, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The run has failed and says so, and also that readers have the new snapshot."""
    toy.reports = True
    assert osusume_run() == 1
    out = capfd.readouterr().out
    assert "FAILED quality_report: ValueError: no room for a page" in out
    assert f"Published all the same: {tmp_path / 'home' / 'published' / 'current.duckdb'}." in out
    assert current_snapshot(Home(tmp_path / "home")) is not None


def test_only_a_run_that_publishes_says_so(
    osusume_run: Callable[..., int], toy: ToyPipeline, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A selection without the snapshot runs, and says that nothing was published."""
    assert osusume_run(select=["landed"]) == 0
    out = capfd.readouterr().out
    assert "Nothing was published" in out
    assert "Published" not in out
    assert toy.runs == 1
    assert current_snapshot(Home(tmp_path / "home")) is None


def test_a_partial_run_that_publishes_counts_as_made_from_no_input(
    osusume_run: Callable[..., int], toy: ToyPipeline
) -> None:
    """The next whole run does its work."""
    assert osusume_run(select=["published_snapshot"]) == 0
    osusume_run()
    assert toy.runs == 1


def test_a_wrong_selection_changes_nothing(osusume_run: Callable[..., int], tmp_path: Path) -> None:
    """The nearest name is proposed, and HOME is not even made."""
    with pytest.raises(UsageError, match="Nearest: landed"):
        osusume_run(select=["lande"])
    assert not (tmp_path / "home").exists()


def test_a_wrong_input_changes_nothing(osusume_run: Callable[..., int], tmp_path: Path) -> None:
    """The message names it, and HOME is not even made."""
    with pytest.raises(InputError, match="missing does not exist"):
        osusume_run(input=str(tmp_path / "missing"))
    assert not (tmp_path / "home").exists()


def test_a_home_of_an_earlier_run_is_rebuilt_elsewhere(
    osusume_run: Callable[..., int], toy: ToyPipeline, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """What was landed there is taken over; the second time nothing is new."""
    osusume_run()
    second = {"home": tmp_path / "second", "input": str(tmp_path / "home")}
    assert osusume_run(**second) == 0
    assert "1 landed file taken over" in capfd.readouterr().err
    assert toy.seen[-1] is None
    assert osusume_run(**second) == 0
    assert toy.runs == 2


def test_the_demo_is_made_run_and_labelled(toy: ToyPipeline, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Its figures say nothing about quality, and the summary says so; its stand-ins run beside the pipeline."""
    settings = small_demo(tmp_path / "home")
    args = argparse.Namespace(force=False, select=None)
    assert run_pipeline(args, settings, Console(), toy.load) == 0
    written = capfd.readouterr()
    assert "figures say nothing about quality" in written.out
    assert "making the demo world (generated, seed 42)" in written.err
    assert "stand-in services" in written.err
    assert toy.runs == 1


def test_real_recordings_do_not_go_into_a_demo_home(
    osusume_run: Callable[..., int], toy: ToyPipeline, tmp_path: Path
) -> None:
    """Refused before anything runs."""
    run_pipeline(argparse.Namespace(force=False, select=None), small_demo(tmp_path / "home"), Console(), toy.load)
    with pytest.raises(InputError, match="holds the generated demo world"):
        osusume_run()
    assert toy.runs == 1


def test_a_model_that_there_is_not_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    """The message says what was meant; HOME is not even begun."""
    settings = load_settings(home=tmp_path / "home", models="eaze")
    with pytest.raises(SettingsError, match="did you mean ease"):
        run_pipeline(argparse.Namespace(select=None, force=False), settings, Console())
    assert not (tmp_path / "home").exists()
