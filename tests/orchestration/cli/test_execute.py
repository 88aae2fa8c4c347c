"""Runs in this process: what is shown, what is recorded, what comes back."""

import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from assets.resources import WarehouseResource
from orchestration.cli.console import Console
from orchestration.cli.execute import execute
from orchestration.cli.instance import RUN_TAG, close_unfinished_runs, open_instance, unfinished_runs
from orchestration.cli.outcome import Outcome
from orchestration.cli.selection import select_assets
from tests.orchestration.cli.toy import is_interrupted_in_a_query, loses_an_interrupt, toy_asset, toy_definitions
from warehouse.home import Home
from warehouse.liveruns import alive, killed_runs, none_alive


def run(home: Home, *, broken: str = "", select: list[str] | None = None, verbose: bool = False) -> Outcome:
    """One run of the toy pipeline under a HOME."""
    defs = toy_definitions(broken=broken)
    selected = select_assets(defs, select) if select else None
    with open_instance(home, verbose=verbose) as instance:
        return execute(
            defs,
            instance,
            Console(verbose=verbose),
            job_name="refresh_all",
            resources={},
            selected=selected,
        )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """One HOME for all runs here, since making Dagster's files takes longer than a run."""
    return Home(tmp_path_factory.mktemp("runs") / "home")


def test_every_asset_gets_one_line_with_rows_and_checks(home: Home, capfd: pytest.CaptureFixture[str]) -> None:
    """The lines are numbered, and checks are counted on the line of their asset."""
    outcome = run(home)
    lines = [line for line in capfd.readouterr().err.splitlines() if line.startswith("[")]
    assert outcome.succeeded
    assert [line.split()[0] for line in lines] == ["[1/5]", "[2/5]", "[3/5]", "[4/5]", "[5/5]"]
    assert "first" in lines[0]
    assert "3 rows" in lines[0]
    assert lines[0].endswith("2 checks ok")
    assert outcome.materialised == {"first", "second", "third", "twin_one", "twin_two"}
    assert [asset.rows for asset in outcome.assets if asset.name == "first"] == [3]


def test_what_assets_print_goes_to_the_runs_log(home: Home, capfd: pytest.CaptureFixture[str]) -> None:
    """Neither stdout nor the progress on stderr is disturbed, and the UI shows it."""
    run(home)
    written = capfd.readouterr()
    assert written.out == ""
    assert "printed by an asset" not in written.err
    logs = [path.read_text() for path in home.dagster.rglob("*.out")]
    assert any("printed by an asset" in log for log in logs)


def test_warnings_of_assets_are_shown_and_other_log_lines_are_not(
    home: Home, capfd: pytest.CaptureFixture[str]
) -> None:
    """The user learns what a run waits for."""
    run(home)
    err = capfd.readouterr().err
    assert "second: waiting for another writer" in err
    assert "quietly at work" not in err
    assert "dagster" not in err.lower()


def test_the_run_can_be_looked_at_afterwards(home: Home) -> None:
    """A stock Dagster instance finds the run, its events and its materialisations in the files we wrote."""
    outcome = run(home)
    with dg.DagsterInstance.from_config(str(home.dagster)) as instance:
        found = instance.get_run_by_id(outcome.run_id)
        assert found is not None
        assert found.status == dg.DagsterRunStatus.SUCCESS
        assert instance.get_latest_materialization_event(dg.AssetKey("third")) is not None
        assert len(instance.all_logs(outcome.run_id)) > 20


def test_a_failing_asset_is_named_with_what_it_said(home: Home, capfd: pytest.CaptureFixture[str]) -> None:
    """What comes after it is listed as skipped; what does not is made."""
    outcome = run(home, broken="second")
    assert not outcome.succeeded
    (failure,) = outcome.failures
    assert (failure.step, failure.assets, failure.message) == (
        "second",
        ["second"],
        "ValueError: file one.csv, line 3: no number",
    )
    assert "Traceback" in failure.trace or "toy.py" in failure.trace
    assert outcome.skipped == ["third"]
    assert "twin_one" in outcome.materialised
    assert "FAILED" in capfd.readouterr().err


def test_a_step_that_fails_halfway_is_named_with_what_it_did_not_make(home: Home) -> None:
    """One twin is made, the other is part of the failure and not among what was never tried."""
    outcome = run(home, broken="twins")
    (failure,) = outcome.failures
    assert (failure.step, failure.assets) == ("twins", ["twin_two"])
    assert "twin_one" in outcome.materialised
    assert outcome.skipped == []


def test_a_failing_blocking_check_stops_what_comes_after(home: Home) -> None:
    """It is no failure of a step; it says what it found, with its facts."""
    outcome = run(home, broken="check")
    assert not outcome.succeeded
    assert outcome.failures == []
    (stopping,) = [check for check in outcome.checks if check.stops]
    assert (stopping.asset, stopping.name) == ("first", "rows_are_whole")
    assert stopping.finding == "rows_are_whole: Every row is whole. (3 rows break it)"
    assert stopping.facts["what_to_do"] == "Look at line 4."
    assert stopping.facts["sample"].splitlines()[-1] == "| 4 |"
    assert outcome.skipped == ["second", "third", "twin_one", "twin_two"]


def test_a_warning_stops_nothing(home: Home, capfd: pytest.CaptureFixture[str]) -> None:
    """The run goes on, and the warning is shown below its asset."""
    outcome = run(home, broken="warning")
    assert outcome.succeeded
    assert [check.name for check in outcome.checks if not check.passed] == ["rows_are_whole"]
    assert "warning: rows_are_whole: Every row is whole. (3 rows break it)" in capfd.readouterr().err


def test_ctrl_c_ends_the_run_and_is_recorded(home: Home, capfd: pytest.CaptureFixture[str]) -> None:
    """It is an interrupt again, not the failure of the asset that was at work."""
    with pytest.raises(KeyboardInterrupt):
        run(home, broken="interrupt")
    assert "FAILED" not in capfd.readouterr().err
    with dg.DagsterInstance.from_config(str(home.dagster)) as instance:
        assert instance.get_runs(limit=1)[0].status in (
            dg.DagsterRunStatus.FAILURE,
            dg.DagsterRunStatus.CANCELED,
        )


def test_ctrl_c_during_a_query_ends_the_run_and_nothing_starts_after_it(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """DuckDB makes an error of the interrupt; no step fails by it, and those that do not need the asset wait too."""
    names = ["one", "three", "two"]
    defs = dg.Definitions(
        assets=[toy_asset(name, [], is_interrupted_in_a_query) for name in names],
        jobs=[dg.define_asset_job("refresh_all", selection=dg.AssetSelection.all())],
    )
    with open_instance(Home(tmp_path)) as instance:
        with pytest.raises(KeyboardInterrupt):
            execute(defs, instance, Console(verbose=False), job_name="refresh_all", resources={})
        (recorded,) = instance.get_runs()
        started = [log for log in instance.all_logs(recorded.run_id) if log.dagster_event_type == "STEP_START"]
    assert len(started) == 1
    assert recorded.status in (dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED)
    assert "FAILED" not in capfd.readouterr().err


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_ctrl_c_that_python_loses_ends_the_run_before_the_next_step(tmp_path: Path) -> None:
    """The step during which it came is made, nothing after it; a run after that one knows nothing of it."""
    defs = dg.Definitions(
        assets=[toy_asset("first", [], loses_an_interrupt), toy_asset("second", ["first"], lambda _: None)],
        jobs=[dg.define_asset_job("refresh_all", selection=dg.AssetSelection.all())],
    )
    with open_instance(Home(tmp_path)) as instance:
        with pytest.raises(KeyboardInterrupt):
            execute(defs, instance, Console(verbose=False), job_name="refresh_all", resources={})
        (recorded,) = instance.get_runs()
        events = instance.all_logs(recorded.run_id)
        made = {one.asset_materialization.asset_key.to_user_string() for one in events if one.asset_materialization}
        second = [dg.AssetKey("second")]
        again = execute(defs, instance, Console(verbose=False), job_name="refresh_all", resources={}, selected=second)
    assert made == {"first"}
    assert recorded.status in (dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED)
    assert again.succeeded


def test_only_selected_assets_are_made_with_their_checks(home: Home) -> None:
    """Nothing else runs."""
    outcome = run(home, select=["first"])
    assert outcome.succeeded
    assert outcome.materialised == {"first"}
    assert {check.asset for check in outcome.checks} == {"first"}


def test_runs_of_killed_processes_are_marked_as_failed(home: Home) -> None:
    """A run that never ended is closed at the next start; one of the UI that may be alive is left alone."""
    with open_instance(home) as instance:
        for tags in (dict(RUN_TAG), {}):
            begun(instance, tags)
        (lost,) = unfinished_runs(instance, home)
        assert close_unfinished_runs(instance, home) == 1
        assert close_unfinished_runs(instance, home) == 0
        run_found = instance.get_run_by_id(lost)
        assert run_found is not None
        assert run_found.status == dg.DagsterRunStatus.FAILURE
        assert [one.status for one in instance.get_runs()].count(dg.DagsterRunStatus.STARTED) == 1


def begun(instance: dg.DagsterInstance, tags: dict[str, str]) -> str:
    """The id of a run that has begun and will never say how it ended."""
    job = toy_definitions().resolve_job_def("refresh_all")
    return instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED, tags=tags).run_id


def killed_in_the_ui(instance: dg.DagsterInstance, home: Home) -> str:
    """The id of a run of the UI that was killed together with all that might have told Dagster of it."""
    run_id = begun(instance, {})
    code = (
        "import os, signal, sys; from pathlib import Path; from warehouse.home import Home; "
        "from warehouse.liveruns import alive; open_ = alive(Home(Path(sys.argv[1])), sys.argv[2]); "
        "open_.__enter__(); os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code, home.root, run_id], check=False, timeout=60)
    return run_id


def ending(instance: dg.DagsterInstance, run_id: str) -> tuple[dg.DagsterRunStatus, str | None]:
    """How a run stands, and how often it may be started again."""
    run = instance.get_run_by_id(run_id)
    assert run is not None
    return run.status, run.tags.get("dagster/max_retries")


def test_a_run_of_the_ui_that_was_killed_is_closed_by_osusume_run(home: Home) -> None:
    """Its lock went with its process; one that is alive is left alone, whoever asks."""
    with open_instance(home) as instance:
        killed, living = killed_in_the_ui(instance, home), begun(instance, {})
        with alive(home, living):
            assert unfinished_runs(instance, home) == [killed]
            assert close_unfinished_runs(instance, home) == 1
            assert close_unfinished_runs(instance, home) == 0
        assert ending(instance, killed) == (dg.DagsterRunStatus.FAILURE, "0")
        assert ending(instance, living) == (dg.DagsterRunStatus.STARTED, None)


def test_a_run_of_the_ui_that_was_killed_is_closed_by_the_next_one_there(home: Home) -> None:
    """At its beginning, by the resource that every asset has; itself it is alive."""

    @dg.asset
    def looks(context: dg.AssetExecutionContext, warehouse: WarehouseResource) -> None:
        with pytest.raises(TimeoutError, match=context.run_id), none_alive(home, 0, lambda *_: None):
            pass

    with open_instance(home) as instance:
        killed = killed_in_the_ui(instance, home)
        resources = {"warehouse": WarehouseResource(home=str(home.root))}
        assert dg.materialize([looks], instance=instance, resources=resources).success
        assert ending(instance, killed) == (dg.DagsterRunStatus.FAILURE, "0")
    assert killed_runs(home) == []


def test_the_instance_follows_the_projects_configuration(home: Home) -> None:
    """HOME/dagster/dagster.yaml equals the one at the project's root, again at each start."""
    shipped = Path(__file__).parents[3] / "dagster.yaml"
    for content in (b"", b"changed: true\n"):
        home.dagster.mkdir(parents=True, exist_ok=True)
        (home.dagster / "dagster.yaml").write_bytes(content)
        with open_instance(home) as instance:
            assert not instance.telemetry_enabled
        assert (home.dagster / "dagster.yaml").read_bytes() == shipped.read_bytes()
