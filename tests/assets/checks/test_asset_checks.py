"""In a Dagster run, errors stop what is downstream and warnings do not."""

from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from assets import ALL_ASSETS
from assets.checks.asset_checks import also_read, check_specs
from assets.checks.expectations import Expectation
from assets.checks.outcomes import described_checks
from assets.checks.suites import SUITES
from assets.checks.tables import checked_tables
from assets.crawling import Crawling
from assets.resources import RecordingsInput, RunSettings, Tracking, WarehouseResource
from assets.steps import Made, table_step
from tests.assets.checks.conftest import change, table_named
from tests.assets.checks.world import make_world
from warehouse.connection import Warehouse
from warehouse.home import Home


def run(home: Path, *statements: str) -> tuple[dg.ExecuteInProcessResult, Warehouse]:
    """A run of a step that makes fact_model_metric by these statements, and of an asset downstream."""
    opened = Warehouse(Home(home), memory_limit="500MB", threads=2)

    @table_step("fact_model_metric", [dg.AssetSpec("fact_model_metric")])
    def checked(context: dg.AssetExecutionContext, warehouse: WarehouseResource) -> Made:
        with warehouse.open().writer("world") as connection:
            make_world(connection)
        change(opened, *statements)
        return dg.MaterializeResult()

    @dg.asset(deps=[checked])
    def downstream() -> None:
        change(opened, "create table main.downstream as select 1 as one")

    resources = {"warehouse": WarehouseResource(home=str(home), memory_limit="500MB")}
    result = dg.materialize([checked, downstream], resources=resources, raise_on_error=False)
    return result, opened


def ran_downstream(warehouse: Warehouse) -> bool:
    """Whether the asset downstream has left its table."""
    with warehouse.writer("test") as connection:
        found = connection.execute("select count(*) from duckdb_tables() where table_name = 'downstream'")
        return bool(found.fetchall()[0][0])


def evaluations(result: dg.ExecuteInProcessResult) -> dict[str, Any]:
    """The evaluations of the run, by check."""
    return {one.check_name: one for one in result.get_asset_check_evaluations()}


def test_a_sound_table_lets_the_run_go_on(tmp_path: Path) -> None:
    """With every check passed, what is downstream runs, and outcomes carry the run's id."""
    result, warehouse = run(tmp_path)
    assert result.success
    assert ran_downstream(warehouse)
    found = evaluations(result)
    assert set(found) == {spec.name for spec in check_specs(table_named("fact_model_metric"))}
    with warehouse.writer("test") as connection:
        rows = connection.execute("select run_id, check_name, passed from quality.check_result").fetchall()
    assert sorted(rows) == sorted((result.run_id, name, True) for name in found)


def test_an_error_stops_what_is_downstream(tmp_path: Path) -> None:
    """A broken rule of severity error fails the run before anything builds on the table."""
    result, warehouse = run(tmp_path, "update fact_model_metric set value = 2 where metric = 'ndcg'")
    assert not result.success
    assert not ran_downstream(warehouse)
    assert not evaluations(result)["values_are_in_range"].passed
    with warehouse.writer("test") as connection:
        kept = connection.execute("select check_name from quality.check_result where not passed").fetchall()
    assert ("values_are_in_range",) in kept


def test_a_warning_stops_nothing(tmp_path: Path) -> None:
    """A broken rule of severity warn is told, and the run goes on."""
    result, warehouse = run(tmp_path, "update fact_model_metric set ci_low = -1 where ci_low = 0.2")
    assert result.success
    assert ran_downstream(warehouse)
    found = evaluations(result)["best_beats_popularity"]
    assert (found.passed, found.severity) == (False, dg.AssetCheckSeverity.WARN)


def test_a_failure_of_great_expectations_stops_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be evaluated is neither passed nor a broken table: the step fails and says why."""
    check = SUITES["fact_model_metric"][0]
    faulty = type(check)(check.name, check.description, (Expectation("ExpectColumnNothing", "protocol"),))
    monkeypatch.setitem(SUITES, "fact_model_metric", (faulty,))
    result, warehouse = run(tmp_path)
    assert not result.success
    assert not ran_downstream(warehouse)
    (failure,) = [event for event in result.all_events if event.is_step_failure]
    assert "ExpectColumnNothing(protocol) cannot be expressed" in str(failure.event_specific_data)


def test_errors_block_and_every_check_says_what_holds() -> None:
    """The UI shows a sentence for every check; a table without one that blocks would let its readers run beside it."""
    for table in checked_tables():
        specs = check_specs(table)
        severities = {name: severity for name, severity, _ in described_checks(table)}
        assert (
            {spec.name for spec in specs if spec.blocking}
            == {name for name, severity in severities.items() if severity == "error"}
            != set()
        )
        assert all((spec.description or "").endswith(".") for spec in specs)


@pytest.fixture(scope="module")
def definitions() -> dg.Definitions:
    """All assets with all checks."""
    resources = {
        "warehouse": WarehouseResource(home="home"),
        "recordings_input": RecordingsInput(),
        "run_settings": RunSettings(),
        "tracking": Tracking(),
        "crawling": Crawling(),
    }
    return dg.Definitions(assets=ALL_ASSETS, resources=resources)


#: What leaves no table behind.
CHECKED_ELSEWHERE = {"published_snapshot", "quality_report", "model_tracking"}


def test_every_table_that_is_an_asset_has_checks(definitions: dg.Definitions) -> None:
    """None but publishing, its report and what is only landed is without checks, and no check is of what is none."""
    graph = definitions.resolve_asset_graph()
    names = {key.to_user_string() for key in graph.materializable_asset_keys} - CHECKED_ELSEWHERE
    tables = {name for name in names if not name.startswith("landing_")}
    assert tables == {key.asset_key.to_user_string() for key in graph.asset_check_keys}


def test_what_rules_read_is_made_before_the_table_or_with_it(definitions: dg.Definitions) -> None:
    """A table is checked as soon as it is made, against other tables of the same run."""
    graph = definitions.resolve_asset_graph()
    for table in checked_tables():
        step = graph.get(dg.AssetKey(table.name)).execution_set_asset_keys | {dg.AssetKey(table.name)}
        before = set[dg.AssetKey]().union(step, *(graph.get_ancestor_asset_keys(key) for key in step))
        assert set(also_read(table)) <= {key.to_user_string() for key in before}, table.name
