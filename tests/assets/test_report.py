"""The report as an asset, and pictures and lineage in the metadata of the assets they tell about."""

import json
from pathlib import Path

import dagster as dg
import pandas as pd
import pytest

from assets.held_out_users import held_out_user_metric
from assets.pictures import PICTURES_OF, picture_metadata, picture_rows
from assets.report import DEMO_NOTE, quality_report, world_words
from assets.resources import WarehouseResource
from assets.results import NO_ASSETS, lineage_metadata
from assets.tables import SQL_ASSETS
from assets.training import training_data
from reports.pictures import PICTURES
from tests.sql.publishing import publish_world
from warehouse.connection import Warehouse
from warehouse.home import Home
from warehouse.shelf import latest_report
from warehouse.sqlfiles import all_sql_files, sql_file


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A small published world."""
    return publish_world(tmp_path_factory.mktemp("report"))


def test_the_report_of_a_run_is_put_in_place(warehouse: Warehouse) -> None:
    """One page under `latest`, of this run's snapshot; the user whose list it shows is not named."""
    resource = WarehouseResource(home=str(warehouse.home.root), memory_limit="500MB", threads=2)
    result = dg.materialize([quality_report], resources={"warehouse": resource})
    page = latest_report(warehouse.home).read_text(encoding="utf-8")
    assert result.success
    assert "Cedar Road" in page
    assert "user-0" not in page
    (shown,) = result.asset_materializations_for_node("quality_report")
    assert shown.metadata["path"].value == str(latest_report(warehouse.home))


def test_without_a_snapshot_the_report_says_what_to_do(tmp_path: Path) -> None:
    """Nothing is written."""
    resource = WarehouseResource(home=str(tmp_path))
    result = dg.materialize([quality_report], resources={"warehouse": resource}, raise_on_error=False)
    assert not result.success
    assert not (tmp_path / "reports").exists()


def test_a_demo_says_that_it_is_one(tmp_path: Path) -> None:
    """By the marker of the HOME; real input bears no warning, and a HOME without a marker says nothing."""
    home = Home(tmp_path)
    assert world_words(home) == ("not stated", "")
    home.marker.write_text(json.dumps({"world": "demo", "seed": 7}), encoding="utf-8")
    assert world_words(home) == ("the generated demo world, seed 7", DEMO_NOTE)
    home.marker.write_text(json.dumps({"world": "recordings"}), encoding="utf-8")
    assert world_words(home)[1] == ""


@pytest.mark.parametrize("table", PICTURES_OF)
def test_pictures_are_metadata_of_their_asset(warehouse: Warehouse, table: str) -> None:
    """Each of a table's pictures is an image with its sentence, or the sentence alone."""
    with warehouse.reader() as con:
        rows = picture_rows(con, table)
    found = picture_metadata(table, rows)
    assert set(found) == set(PICTURES_OF[table])
    for name, value in found.items():
        assert value.value.startswith("![") or value.value == PICTURES[name].absent
        assert len(value.value) < 60_000


def test_a_picture_that_fails_costs_no_table() -> None:
    """Rows of the wrong shape are told about, not raised."""
    rows = {"formats_by_year": pd.DataFrame({"wrong": [1]})}
    assert picture_metadata("dim_anime", rows)["formats_by_year"].value.startswith("Could not be drawn")


def test_a_table_without_pictures_asks_nothing(warehouse: Warehouse) -> None:
    """No query is made for it."""
    assert picture_rows(None, "dim_source") == {}
    assert picture_metadata("dim_source", {}) == {}


def test_pictures_need_only_what_stands_before_their_asset() -> None:
    """Each query reads the asset itself or what it is made of, so that it works in a first run."""
    made_of = {file.name: {one.split(".")[1] for one in file.depends_on} for file in all_sql_files()}
    made_of["dim_recommendation_model"] = {"fact_model_metric"}
    for table, names in PICTURES_OF.items():
        before, todo = {table}, [table]
        while todo:
            fresh = made_of.get(todo.pop(), set()) - before
            before |= fresh
            todo += fresh
        for query in {query for name in names for query in PICTURES[name].queries}:
            read = {one.split(".")[1] for one in sql_file(f"reports/{query}").depends_on}
            assert read <= before, (table, query)


def test_lineage_names_assets_and_their_columns() -> None:
    """As the UI knows it; tables that are no asset are left out."""
    lineage = lineage_metadata(sql_file("core/fact_user_rating"))["dagster/column_lineage"]
    assert lineage.deps_by_column["status"] == [dg.TableColumnDep("int_ratings_unioned", "status")]
    assets = {
        key.to_user_string()
        for one in (*SQL_ASSETS, training_data, held_out_user_metric)
        for key in one.keys | one.dependency_keys
    }
    for file in all_sql_files():
        for deps in getattr(lineage_metadata(file).get("dagster/column_lineage"), "deps_by_column", {}).values():
            named = {dep.asset_key.to_user_string() for dep in deps}
            assert named <= assets
            assert not named & {name.split(".")[1] for name in NO_ASSETS}


def test_what_comes_from_no_table_has_no_lineage() -> None:
    """Constants alone make no metadata."""
    assert lineage_metadata(sql_file("intermediate/int_genre_aliases")) == {}
