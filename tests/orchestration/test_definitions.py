"""The code location as the UI sees it: it loads without an environment, and its graph is a snapshot under review."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.remote_representation.external_data import RepositorySnap

from orchestration.definitions import build_definitions
from orchestration.settings import Settings, load_settings
from warehouse.sqlfiles import all_sql_files

SNAPSHOT = Path(__file__).parent / "asset_graph.json"
GROUPS = {"ingestion", "staging", "identity", "core", "ratings", "models", "recommendations", "monitoring"}


@pytest.fixture(scope="module")
def specs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dg.AssetSpec]:
    """Every asset of the project by name."""
    definitions = build_definitions(Settings(home=tmp_path_factory.mktemp("home")))
    return {spec.key.to_user_string(): spec for spec in definitions.resolve_all_asset_specs()}


def graph(specs: dict[str, dg.AssetSpec]) -> dict[str, Any]:
    """Group and upstream assets of each asset."""
    return {
        name: {
            "group": spec.group_name,
            "reads": sorted(dep.asset_key.to_user_string() for dep in spec.deps),
        }
        for name, spec in sorted(specs.items())
    }


def test_the_asset_graph_is_the_reviewed_one(specs: dict[str, dg.AssetSpec], request: pytest.FixtureRequest) -> None:
    """A changed dependency or group shows up in review (`pytest tests/orchestration --update-graph`)."""
    found = graph(specs)
    if request.config.getoption("--update-graph"):
        SNAPSHOT.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    assert found == json.loads(SNAPSHOT.read_text(encoding="utf-8"))


def test_every_asset_says_what_it_is_to_a_newcomer(specs: dict[str, dg.AssetSpec]) -> None:
    """Each has one of the agreed groups, a description, an owner and kinds."""
    for name, spec in specs.items():
        assert spec.group_name in GROUPS, name
        assert spec.description, name
        assert len(spec.description) > 40, name
        assert spec.owners, name
        assert spec.kinds, name


def test_every_table_file_is_an_asset_of_its_own_name(specs: dict[str, dg.AssetSpec]) -> None:
    """No SQL file lies around unused; the template of the evaluation tables stands for one asset per model."""
    files = {one.name for one in all_sql_files()} - {"evaluation_model"}
    assert files <= set(specs)
    assert any(name.startswith("evaluation_") for name in specs)


def test_everything_that_is_read_exists(specs: dict[str, dg.AssetSpec]) -> None:
    """No asset names an upstream table that nobody makes."""
    named = {dep.asset_key.to_user_string() for spec in specs.values() for dep in spec.deps}
    assert named <= set(specs)


def test_schedules_wait_for_the_user() -> None:
    """Every schedule is stopped by default, has a time zone and says what it is for."""
    schedules = list(build_definitions(Settings()).schedules or [])
    assert {one.name for one in schedules} == {
        "refresh_catalogue_daily",
        "refresh_ratings_daily",
        "train_models_weekly",
    }
    for schedule in schedules:
        assert isinstance(schedule, dg.ScheduleDefinition)
        assert schedule.default_status == dg.DefaultScheduleStatus.STOPPED
        assert schedule.execution_timezone == "UTC"
        assert schedule.description


def test_no_secret_is_told_to_the_ui(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What Dagster exports of a code location, values of resources included, is shown to whoever may look at it."""
    secrets = {
        "OSUSUME_MLFLOW_URI": "http://tracker:Sup3rSecret@host",
        "OSUSUME_ALERT_WEBHOOK": "https://hooks.example/Sup3rSecret",
        "OSUSUME_MYANIMELIST_CLIENT_ID": "Sup3rSecret",
        "OSUSUME_DAGSTER_POSTGRES_URL": "postgresql+psycopg2://osusume:Sup3rSecret@host/history",
    }
    for name, value in secrets.items():
        monkeypatch.setenv(name, value)
    repository = build_definitions(load_settings(home=tmp_path, input="live")).get_repository_def()
    told = dg.serialize_value(RepositorySnap.from_def(repository))
    assert "run_settings" in told
    assert "Sup3rSecret" not in told


#: What only steps need, and what costs a quarter of a second or more to import.
DEAR = ("great_expectations", "implicit", "lightfm", "pandas", "requests", "scipy.linalg", "scipy.sparse", "sklearn")


def test_the_code_location_loads_without_what_only_its_steps_need(tmp_path: Path) -> None:
    """Dagster loads it for every run and every tick, so it has three seconds; Dagster itself takes one of them."""
    code = f"import sys, orchestration.definitions; print([name for name in {DEAR} if name in sys.modules])"
    environment = os.environ | {"PYTHONPATH": str(SNAPSHOT.parents[2])}
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert loaded.stdout.strip() == "[]"
