"""Dagster's history in PostgreSQL: chosen by one setting, checked before anything starts, its password nowhere."""

import sys
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import pytest
import yaml

from orchestration.cli.console import Console
from orchestration.cli.execute import execute
from orchestration.cli.instance import close_unfinished_runs, open_instance, refresh_config, unfinished_runs
from orchestration.errors import SettingsError
from orchestration.settings import child_environment, load_settings
from tests.deploy.server import PASSWORD, Server, free_port
from tests.orchestration.cli.toy import toy_definitions
from warehouse.home import Home

Call = Callable[..., tuple[int, str, str]]
Use = Callable[[str], None]


@pytest.fixture(scope="module")
def address(server: Server) -> str:
    """A database that the tests share, since making Dagster's tables takes longer than a run."""
    return server.create("history")


def run_toy(home: Home) -> str:
    """One run of the toy pipeline under a HOME; returns its id."""
    with open_instance(home) as instance:
        outcome = execute(toy_definitions(), instance, Console(), job_name="refresh_all", resources={})
    assert outcome.succeeded
    return outcome.run_id


def files_with(root: Path, text: str) -> list[Path]:
    """The files under a directory that hold a text."""
    return [path for path in root.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]


def test_a_run_of_ours_is_kept_in_postgres_and_found_there_by_a_stock_instance(
    server: Server, address: str, use: Use, tmp_path: Path
) -> None:
    """Runs and events are rows there; webserver and daemon, which read dagster.yaml alone, find them."""
    home = Home(tmp_path / "home")
    use(address)
    run_id = run_toy(home)
    assert server.ask("history", f"select status from runs where run_id = '{run_id}'") == [("SUCCESS",)]
    assert server.ask("history", f"select count(*) > 20 from event_logs where run_id = '{run_id}'") == [(True,)]
    assert not list(home.dagster.rglob("*.db"))
    with dg.DagsterInstance.from_config(str(home.dagster)) as instance:
        assert instance.get_latest_materialization_event(dg.AssetKey("third")) is not None


def test_an_address_from_the_env_file_reaches_dagster_and_its_password_no_file(
    server: Server, address: str, tmp_path: Path
) -> None:
    """dagster.yaml names the variable, which Dagster looks up in the environment."""
    home = Home(tmp_path / "home")
    Path(".env").write_text(f"OSUSUME_DAGSTER_POSTGRES_URL={address}\n")
    run_id = run_toy(home)
    assert server.ask("history", f"select count(*) from runs where run_id = '{run_id}'") == [(1,)]
    assert child_environment(load_settings(), {})["OSUSUME_DAGSTER_POSTGRES_URL"] == address
    config = yaml.safe_load((home.dagster / "dagster.yaml").read_text())
    assert config["storage"] == {"postgres": {"postgres_url": {"env": "OSUSUME_DAGSTER_POSTGRES_URL"}}}
    quoted = address.split("osusume:")[1].split("@")[0]
    assert files_with(home.root, quoted) == files_with(home.root, PASSWORD) == []


def test_the_rest_of_dagster_yaml_stays_as_it_is_shipped(address: str, use: Use, tmp_path: Path) -> None:
    """Only the storage is added, and giving it up again needs a person's word."""
    plain, kept = Home(tmp_path / "plain"), Home(tmp_path / "kept")
    refresh_config(plain)
    use(address)
    refresh_config(kept)
    shipped, added = (yaml.safe_load((home.dagster / "dagster.yaml").read_text()) for home in (plain, kept))
    assert "storage" not in shipped
    assert {name: value for name, value in added.items() if name != "storage"} == shipped
    use("")
    with pytest.raises(SettingsError, match="keeps the history of runs in PostgreSQL, but OSUSUME_"):
        refresh_config(kept)
    (kept.dagster / "dagster.yaml").unlink()
    refresh_config(kept)
    assert yaml.safe_load((kept.dagster / "dagster.yaml").read_text()) == shipped


def test_runs_of_killed_processes_are_closed_there_too(server: Server, address: str, use: Use, tmp_path: Path) -> None:
    """As in SQLite: what never said how it ended is marked as failed."""
    home = Home(tmp_path / "home")
    use(address)
    job = toy_definitions().resolve_job_def("refresh_all")
    with open_instance(home) as instance:
        run = instance.create_run_for_job(job, tags={"osusume/command": "run"}, status=dg.DagsterRunStatus.STARTED)
        assert unfinished_runs(instance, home) == [run.run_id]
        assert close_unfinished_runs(instance, home) == 1
    assert server.ask("history", f"select status from runs where run_id = '{run.run_id}'") == [("FAILURE",)]


def test_prepare_makes_a_home_ready_and_can_be_repeated(
    server: Server, use: Use, osusume: Call, tmp_path: Path
) -> None:
    """Dagster's tables, dagster.yaml and the marker are there; the second time changes no file."""
    home = Home(tmp_path / "home")
    use(server.create("prepared"))
    Path(".env").write_text("OSUSUME_INPUT=live\n")
    status, out, _ = osusume("prepare", "--home", home.root)
    assert (status, out) == (0, f"DAGSTER_HOME={home.dagster}\n")
    assert server.ask("prepared", "select count(*) from runs") == [(0,)]
    files = {path: path.stat().st_mtime_ns for path in home.root.rglob("*") if path.is_file()}
    assert {path.name for path in files} >= {"dagster.yaml", "home.json"}
    assert osusume("prepare", "--home", home.root)[0] == 0
    assert {path: path.stat().st_mtime_ns for path in files} == files


def test_a_server_that_is_not_there_is_named_and_nothing_was_made(use: Use, osusume: Call, tmp_path: Path) -> None:
    """Exit 2 and one line: host, port and database, why, what to do; no password, not even in the traceback."""
    port = free_port()
    use(f"postgresql+psycopg2://osusume:geheim@127.0.0.1:{port}/history")
    status, out, err = osusume("--debug", "prepare", "--home", tmp_path / "home")
    assert status == 2
    assert f"PostgreSQL at 127.0.0.1:{port}, database history does not answer" in err
    assert "Connection refused" in err
    assert "geheim" not in err + out
    assert not (tmp_path / "home").exists()


def test_a_wrong_password_or_database_is_told_without_the_password(
    server: Server, use: Use, osusume: Call, tmp_path: Path
) -> None:
    """In the server's own words."""
    for address, reason in (
        (server.url("postgres").replace("osusume:", "osusume:geheim"), "password authentication failed"),
        (server.url("no_such"), 'database "no_such" does not exist'),
    ):
        use(address)
        status, _, err = osusume("--debug", "prepare", "--home", tmp_path / "home")
        assert status == 2
        assert reason in err
        assert "geheim" not in err
        assert PASSWORD not in err


def test_without_the_extra_the_message_says_how_to_install_it(
    use: Use, osusume: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An import that fails is what a machine without the package has."""
    use("postgresql+psycopg2://osusume:geheim@127.0.0.1:1/history")
    monkeypatch.setitem(sys.modules, "dagster_postgres", None)
    status, _, err = osusume("prepare", "--home", tmp_path / "home")
    assert status == 2
    assert "pip install 'osusume[postgres]'" in err


def test_doctor_says_which_history_is_used_and_whether_it_answers(
    server: Server, address: str, use: Use, osusume: Call, tmp_path: Path
) -> None:
    """SQLite, a server that answers, one that does not, and a HOME whose server nobody names any more."""
    home = Home(tmp_path / "home")
    assert f"history    of Dagster's runs: SQLite under {home.dagster}" in osusume("doctor", "--home", home.root)[1]
    use(address)
    refresh_config(home)
    out = osusume("doctor", "--home", home.root)[1]
    assert f"PostgreSQL at 127.0.0.1:{server.port}, database history, answers (version " in out
    assert "OSUSUME_DAGSTER_POSTGRES_URL=*** (environment)" in out
    use(f"postgresql+psycopg2://osusume:geheim@127.0.0.1:{free_port()}/history")
    status, out, _ = osusume("doctor", "--home", home.root)
    assert status == 1
    assert "fail  history    PostgreSQL cannot be used" in out
    assert "geheim" not in out
    use("")
    assert "says PostgreSQL, but OSUSUME_DAGSTER_POSTGRES_URL is not set" in osusume("doctor", "--home", home.root)[1]
