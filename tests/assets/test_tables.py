"""Tables are built, and checked, only when something would come out otherwise; what the UI is told is the same."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from assets.resources import WarehouseResource
from assets.tables import SQL_ASSETS, UNCHANGED
from tests.assets.checks.conftest import change
from warehouse.connection import Warehouse
from warehouse.home import Home

NAMES = ("stg_kitsu__list_entries", "stg_kitsu__ratings")
STRANGER = "a sign that the table was not built again"


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The warehouse of an empty HOME."""
    return Warehouse(Home(tmp_path_factory.mktemp("tables")), memory_limit="500MB", threads=2)


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dg.DagsterInstance]:
    """Dagster's memory of the runs of this file."""
    with dg.DagsterInstance.ephemeral(tempdir=str(tmp_path_factory.mktemp("dagster"))) as opened:
        yield opened


def run(warehouse: Warehouse, instance: dg.DagsterInstance) -> dg.ExecuteInProcessResult:
    """A run of two staging tables with their checks."""
    assets = [asset for asset in SQL_ASSETS if asset.node_def.name in NAMES]
    resources = {"warehouse": WarehouseResource(home=str(warehouse.home.root), memory_limit="500MB")}
    return dg.materialize(assets, instance=instance, resources=resources, raise_on_error=False)


def told(result: dg.ExecuteInProcessResult, name: str) -> tuple[dict[str, object], str]:
    """What a run told of a table, and the version of its content."""
    (made,) = result.asset_materializations_for_node(name)
    return dict(made.metadata), (made.tags or {})["dagster/data_version"]


@pytest.fixture(scope="module")
def first(warehouse: Warehouse, instance: dg.DagsterInstance) -> dg.ExecuteInProcessResult:
    """The first run, after which the table bears a sign."""
    result = run(warehouse, instance)
    change(warehouse, f"comment on table staging.stg_kitsu__ratings is '{STRANGER}'")
    return result


def sign(warehouse: Warehouse) -> str:
    """The comment of the second table."""
    with warehouse.writer("look") as connection:
        query = "select comment from duckdb_tables() where table_name = 'stg_kitsu__ratings'"
        return str(connection.execute(query).fetchall()[0][0])


def test_a_second_run_leaves_the_tables_and_tells_the_same(
    first: dg.ExecuteInProcessResult, warehouse: Warehouse, instance: dg.DagsterInstance
) -> None:
    """Row count, schema, lineage and version are those of the run that built the table, and it is said so."""
    again = run(warehouse, instance)
    assert again.success
    assert sign(warehouse) == STRANGER
    for name in NAMES:
        before, version = told(first, name)
        metadata, version_now = told(again, name)
        assert version_now == version
        assert str(metadata.pop("unchanged").value) == UNCHANGED["unchanged"]
        assert metadata == before


def test_checks_that_held_hold_without_being_run(
    first: dg.ExecuteInProcessResult, warehouse: Warehouse, instance: dg.DagsterInstance
) -> None:
    """Every check has its outcome in both runs, in Dagster and in quality.check_result."""
    again = run(warehouse, instance)
    outcomes = [
        {(one.asset_key, one.check_name, one.passed, one.severity) for one in result.get_asset_check_evaluations()}
        for result in (first, again)
    ]
    assert outcomes[0] == outcomes[1]
    assert all("unchanged" in one.metadata for one in again.get_asset_check_evaluations())
    with warehouse.writer("look") as connection:
        kept = connection.execute("select run_id, count(*) from quality.check_result group by all").fetchall()
    counted = dict(kept)
    assert counted[first.run_id] == counted[again.run_id] == len(outcomes[0])


def test_a_new_file_has_tables_built_and_checked_again(
    first: dg.ExecuteInProcessResult, warehouse: Warehouse, instance: dg.DagsterInstance
) -> None:
    """The first reads other raw tables and stays; the second is built, and its checks run."""
    file = "insert into raw.loaded_file values ('kitsu/ratings/new.csv.gz', 'kitsu', 'ratings', 'ab', 0, now())"
    change(warehouse, file)
    again = run(warehouse, instance)
    assert "unchanged" in told(again, NAMES[0])[0]
    assert "unchanged" not in told(again, NAMES[1])[0]
    assert sign(warehouse) != STRANGER


def test_an_instance_that_has_never_seen_the_table_builds_it(
    first: dg.ExecuteInProcessResult, warehouse: Warehouse
) -> None:
    """What the UI shows of it would be missing otherwise."""
    with dg.DagsterInstance.ephemeral() as stranger:
        assert "unchanged" not in told(run(warehouse, stranger), NAMES[0])[0]


def test_what_was_told_of_other_content_is_not_told_again(
    first: dg.ExecuteInProcessResult, warehouse: Warehouse, instance: dg.DagsterInstance
) -> None:
    """A run that is killed after it made a table has told nothing: the last that was told is of the table before."""
    before = dg.AssetMaterialization(
        NAMES[0], metadata={"dagster/row_count": 9}, tags={"dagster/data_version": "before"}
    )
    instance.report_runless_asset_event(before)
    metadata, _ = told(run(warehouse, instance), NAMES[0])
    assert "unchanged" not in metadata
    assert metadata["dagster/row_count"] == dg.IntMetadataValue(0)


def test_a_row_that_a_stranger_changed_is_checked(
    first: dg.ExecuteInProcessResult, warehouse: Warehouse, instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    """The table counts as made, but its checks look at the rows themselves."""
    change(warehouse, "insert into staging.stg_kitsu__ratings (user_id, source_score) values ('x', 99)")
    again = run(warehouse, instance)
    assert not again.success
    assert not all(one.passed for one in again.get_asset_check_evaluations())
